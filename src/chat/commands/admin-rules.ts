import { z } from 'zod';
import { globalScope, type ListRuleName, type Rules } from '../../engine/index.js';
import { quoted, Refusal, sentence } from '../refusal.js';
import type { LocalizedTexts } from '../texts.js';
import { userWords } from '../user-words.js';
import { authorOf, globalOption } from './admin-scope.js';
import { type CommandContext, defineCommand } from './command.js';
import { confidentialText } from './confidential-text.js';
import { optionRegistry } from './option-registry.js';

/** As people write them. */
const ruleNames = [
  'channels',
  'blocked-words',
  'nsfw-models',
  'nsfw-presets',
  'age-restricted',
] as const;

const listRuleOf = {
  channels: 'channels',
  'blocked-words': 'blockedWords',
  'nsfw-models': 'nsfwModels',
  'nsfw-presets': 'nsfwPresets',
} as const satisfies Record<string, ListRuleName>;

export const adminRulesShow = defineCommand({
  path: ['admin', 'rules', 'show'],
  description: 'command-admin-rules-show',
  permission: 'scope-managers',
  options: z.object({}),
  run: async ({ engine, request, texts }) => {
    const rules = await engine.administration.rules.read(request.scopeId);
    return confidentialText([texts.text('rules-title'), ...ruleLines(rules, texts)], texts);
  },
});

export const adminRulesSet = defineCommand({
  path: ['admin', 'rules', 'set'],
  description: 'command-admin-rules-set',
  permission: 'scope-managers',
  options: z.object({
    rule: z.enum(ruleNames, 'rule-wrong').register(optionRegistry, { description: 'option-rule' }),
    value: z
      .string('rule-value-missing')
      .trim()
      .min(1, 'rule-value-missing')
      .register(optionRegistry, { description: 'option-rule-value', isPrompt: true }),
    global: globalOption,
  }),
  run: async (context, { rule, value, global }) => {
    const { engine, texts } = context;
    const author = authorOf(context, global);
    const { rules: service } = engine.administration;
    const rules =
      rule === 'age-restricted'
        ? await service.setAgeRestricted(author, yesOrNo(value))
        : await service.setEntries(author, listRuleOf[rule], entryChange(context, rule, value));
    const key = author.scopeId === globalScope ? 'rules-changed-everywhere' : 'rules-changed';
    return confidentialText([texts.text(key), ...ruleLines(rules, texts)], texts);
  },
});

/** `a, b` replaces, `+ a, b` adds, `- a, b` removes, and `-` alone removes all. */
function entryChange(context: CommandContext, rule: keyof typeof listRuleOf, value: string) {
  const [, sign, list = ''] = /^([+-](?=\s|$|[^\d]))?\s*(.*)$/s.exec(value) ?? [];
  const entries = list.split(/[,，、;；\n]/).map((entry) => entry.trim());
  const wanted = entries.filter((entry) => entry !== '');
  const mode = sign === '+' ? 'add' : sign === '-' && wanted.length > 0 ? 'remove' : 'replace';
  const named = rule === 'channels' ? wanted.flatMap((entry) => placeIds(context, entry)) : wanted;
  return { mode, entries: named } as const;
}

/** Several ids may stand side by side, as mentions do. */
function placeIds({ request }: CommandContext, entry: string): string[] {
  return entry.split(/\s+/).map((word) => {
    if (word.toLowerCase() === 'here') return request.place.ids[0] ?? '';
    const [, id] = /^(?:<#)?(-?\d+)>?$/.exec(word) ?? [];
    if (id === undefined)
      throw new Refusal(sentence('rule-channel-wrong', { value: quoted(word) }));
    return id;
  });
}

function yesOrNo(value: string): boolean {
  if (/^(yes|on|true|1|是)$/i.test(value)) return true;
  if (/^(no|off|false|0|-|否)$/i.test(value)) return false;
  throw new Refusal(sentence('rule-yes-or-no', { value: quoted(value) }));
}

function ruleLines(rules: Rules, texts: LocalizedTexts): string[] {
  const list = (entries: readonly string[], none: string) =>
    entries.length > 0 ? texts.list(entries.map(userWords)) : texts.text(none);
  return [
    texts.text('rules-channels', { value: list(rules.channels, 'rules-everywhere') }),
    texts.text('rules-blocked-words', { value: list(rules.blockedWords, 'rules-none') }),
    texts.text('rules-nsfw-models', { value: list(rules.nsfwModels, 'rules-none') }),
    texts.text('rules-nsfw-presets', { value: list(rules.nsfwPresets, 'rules-none') }),
    texts.text('rules-age-restricted', {
      value: texts.text(rules.ageRestricted ? 'rules-yes' : 'rules-no'),
    }),
  ];
}
