import { z } from 'zod';
import type { AuditRecord } from '../../engine/index.js';
import type { LocalizedTexts } from '../texts.js';
import { globalViewOption, pageOf, pageOption, scopeToView } from './admin-scope.js';
import { auditText } from './audit-text.js';
import { defineCommand } from './command.js';
import { pagedText } from './confidential-text.js';

const entriesAtOnce = 15;

export const adminLog = defineCommand({
  path: ['admin', 'log'],
  description: 'command-admin-log',
  permission: 'scope-managers',
  options: z.object({ page: pageOption, global: globalViewOption }),
  run: async (context, { page, global }) => {
    const { engine, texts, now } = context;
    const scopeId = scopeToView(context, global);
    const records = await engine.administration.audit(scopeId, pageOf(page, entriesAtOnce));
    const entries = records.map((record) => line(record, scopeId === undefined, texts, now()));
    const title = texts.text(scopeId === undefined ? 'log-title-everywhere' : 'log-title');
    return pagedText(title, { entries, size: entriesAtOnce, page }, texts);
  },
});

function line(
  record: AuditRecord,
  isEverywhere: boolean,
  texts: LocalizedTexts,
  now: Date,
): string {
  const parts = [
    texts.time(record.createdAt, now),
    ...(isEverywhere ? [record.scopeId] : []),
    record.userName,
    auditText(record, texts),
  ];
  return parts.join(' · ');
}
