import { z } from 'zod';
import type { PreferenceChange, UserPreferences } from '../../engine/index.js';
import { unknownModel, unknownPreset } from '../explanation.js';
import { nearest } from '../nearest.js';
import { Refusal, type Sentence, sentence } from '../refusal.js';
import type { Reply } from '../request.js';
import type { LocalizedTexts } from '../texts.js';
import { userWords } from '../user-words.js';
import { type CommandContext, defineCommand } from './command.js';
import { optionRegistry } from './option-registry.js';
import * as options from './options.js';
import * as presetOptions from './preset-options.js';

const names = [
  'model',
  'preset',
  'negative',
  'aspect',
  'count',
  'private',
  'delete',
  'language',
] as const;
type Name = (typeof names)[number];

const language = z
  .string('language-wrong')
  .transform((text, context) => {
    const word = text.trim().toLowerCase();
    if (/^(en|english|英文|英语)/.test(word)) return 'en';
    if (/^(zh|chinese|中文|简体)/.test(word)) return 'zh-CN';
    context.addIssue('language-wrong');
    return z.NEVER;
  })
  .optional()
  .register(optionRegistry, { description: 'option-language' });

const whatDeleteTakes = z
  .enum(['message', 'images'], 'delete-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-delete' });

const forget = z
  .string('forget-wrong')
  .transform((text, context) => {
    const words = text
      .toLowerCase()
      .split(/[\s,，]+/)
      .filter((word) => word !== '');
    const found = names.filter((name) => words.includes(name) || words.includes('all'));
    const isKnown = (word: string) => word === 'all' || names.some((name) => name === word);
    if (words.length > 0 && words.every(isKnown)) return found;
    context.addIssue('forget-wrong');
    return z.NEVER;
  })
  .optional()
  .register(optionRegistry, { description: 'option-forget', takesRest: true });

export const settingsShow = defineCommand({
  path: ['settings', 'show'],
  description: 'command-settings-show',
  permission: 'everyone',
  options: z.object({}),
  run: async (context) =>
    settingsReply(
      context,
      await context.engine.preferences.read(context.user.id),
      'settings-title',
    ),
});

export const settingsSet = defineCommand({
  path: ['settings', 'set'],
  description: 'command-settings-set',
  permission: 'everyone',
  hasNamedWords: true,
  options: z.object({
    model: presetOptions.parameters.model,
    preset: options.preset,
    negative: options.negative,
    aspect: options.aspect,
    count: options.countOption('option-count'),
    private: options.isPrivate,
    delete: whatDeleteTakes,
    language,
    forget,
  }),
  run: async (context, { forget: forgotten = [], ...given }) => {
    const change: PreferenceChange = {
      ...Object.fromEntries(forgotten.map((name) => [name, null])),
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    };
    if (Object.keys(change).length === 0) throw new Refusal(sentence('settings-nothing'));
    const problems = await unknownNames(context, given);
    if (problems.length > 0) throw new Refusal(...problems);
    const { engine, user } = context;
    const after = await engine.preferences.change(user.id, change);
    return settingsReply(context, after, 'settings-changed');
  },
});

async function unknownNames(
  { engine, request }: CommandContext,
  given: { readonly model?: string | undefined; readonly preset?: string | undefined },
): Promise<Sentence[]> {
  const models = (await engine.models()).map(({ name }) => name);
  const presets = (await engine.presets.list(request.scopeId)).map(({ name }) => name);
  const { model, preset } = given;
  const isModel = models.some((name) => name.toLowerCase() === model?.toLowerCase());
  return [
    ...(model === undefined || isModel || models.length === 0
      ? []
      : [unknownModel(model, nearest(model, models))]),
    ...(preset === undefined || presets.includes(preset) ? [] : [unknownPreset(preset, presets)]),
  ];
}

const nameTexts = {
  model: 'settings-model',
  preset: 'settings-preset',
  negative: 'settings-negative',
  aspect: 'settings-aspect',
  count: 'settings-count',
  private: 'settings-private',
  delete: 'settings-delete',
  language: 'settings-language',
} as const satisfies Record<Name, string>;

function settingsReply(
  { texts }: CommandContext,
  preferences: UserPreferences,
  titleKey: 'settings-title' | 'settings-changed',
): Reply {
  const lines = names.map((name) =>
    texts.text(nameTexts[name], { value: valueText(name, preferences[name], texts) }),
  );
  const text = [texts.text(titleKey), ...lines].join('\n');
  return { kind: 'text', text, private: true };
}

function valueText(
  name: Name,
  value: string | number | boolean | undefined,
  texts: LocalizedTexts,
): string {
  if (name === 'delete') {
    return texts.text(value === 'message' ? 'settings-delete-message' : 'settings-delete-images');
  }
  if (value === undefined) return texts.text('settings-unset');
  if (typeof value === 'boolean') return texts.text(value ? 'settings-yes' : 'settings-no');
  return userWords(String(value));
}
