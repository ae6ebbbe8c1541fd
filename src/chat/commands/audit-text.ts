import { z } from 'zod';
import type { AuditRecord } from '../../engine/index.js';
import { quoted } from '../refusal.js';
import type { LocalizedTexts } from '../texts.js';

const change = z.object({ key: z.string(), before: z.unknown(), after: z.unknown() });
const content = z.record(z.string(), z.unknown());
const presetChange = z.object({
  name: z.string(),
  version: z.number(),
  before: content.optional(),
  after: content.optional(),
});
const person = z.object({ name: z.string() });
const cancelled = z.object({ count: z.number(), batchIds: z.array(z.string()) });

const actionTexts = {
  'preset-added': 'audit-preset-added',
  'preset-edited': 'audit-preset-edited',
  'preset-removed': 'audit-preset-removed',
  'user-blocked': 'audit-user-blocked',
  'user-unblocked': 'audit-user-unblocked',
} as const;

/** What was done, in words; what an older or newer version wrote is shown as it stands. */
export function auditText({ action, details }: AuditRecord, texts: LocalizedTexts): string {
  switch (action) {
    case 'setting': {
      const { data } = change.safeParse(details);
      if (data) return changeText(data, texts);
      break;
    }
    case 'preset-added':
    case 'preset-edited':
    case 'preset-removed': {
      const { data } = presetChange.safeParse(details);
      if (data) return presetText(action, data, texts);
      break;
    }
    case 'user-blocked':
    case 'user-unblocked': {
      const { data } = person.safeParse(details);
      if (data) return texts.text(actionTexts[action], { name: data.name });
      break;
    }
    case 'batches-cancelled': {
      const { data } = cancelled.safeParse(details);
      const ids = quoted(data?.batchIds.join(', ') ?? '');
      if (data) return texts.text('audit-batches-cancelled', { count: data.count, ids });
      break;
    }
  }
  return `${action} ${quoted(JSON.stringify(details))}`;
}

function changeText({ key, before, after }: z.infer<typeof change>, texts: LocalizedTexts): string {
  return texts.text('audit-setting', { key, before: valueText(before), after: valueText(after) });
}

function presetText(
  action: 'preset-added' | 'preset-edited' | 'preset-removed',
  { name, version, before = {}, after = {} }: z.infer<typeof presetChange>,
  texts: LocalizedTexts,
): string {
  const title = texts.text(actionTexts[action], { name, version });
  if (action !== 'preset-edited') return title;
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changes = keys
    .filter((key) => valueText(before[key]) !== valueText(after[key]))
    .map((key) => changeText({ key, before: before[key], after: after[key] }, texts));
  return [title, ...changes].join(' · ');
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return quoted(value.join(', ')) || '–';
  return quoted(typeof value === 'string' ? value : JSON.stringify(value));
}
