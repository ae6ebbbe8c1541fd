import { z } from 'zod';
import {
  globalScope,
  type LimitName,
  type Limits,
  limitBounds,
  limitNames,
} from '../../engine/index.js';
import { quoted, Refusal, sentence } from '../refusal.js';
import type { LocalizedTexts } from '../texts.js';
import { authorOf, globalOption } from './admin-scope.js';
import { type CommandContext, defineCommand } from './command.js';
import { optionRegistry } from './option-registry.js';

const meanings = {
  waitingTasks: 'limit-waiting-tasks',
  runningTasks: 'limit-running-tasks',
  hardRunningTasks: 'limit-hard-running-tasks',
  userImagesPerDay: 'limit-user-images-per-day',
  scopeImagesPerDay: 'limit-scope-images-per-day',
  adminWeight: 'limit-admin-weight',
  promptMaxCharacters: 'limit-prompt-max-characters',
} as const satisfies Record<LimitName, string>;

export const adminLimitsShow = defineCommand({
  path: ['admin', 'limits', 'show'],
  description: 'command-admin-limits-show',
  permission: 'scope-managers',
  options: z.object({}),
  run: async ({ engine, request, texts }) => {
    const limits = await engine.administration.limits.read(request.scopeId);
    const text = [texts.text('limits-title'), ...limitLines(limits, texts)].join('\n');
    return { kind: 'text', text, private: true };
  },
});

export const adminLimitsSet = defineCommand({
  path: ['admin', 'limits', 'set'],
  description: 'command-admin-limits-set',
  permission: 'scope-managers',
  options: z.object({
    limit: z
      .enum(limitNames, 'limit-wrong')
      .register(optionRegistry, { description: 'option-limit' }),
    value: z
      .string('limit-value-wrong')
      .trim()
      .register(optionRegistry, { description: 'option-limit-value' }),
    global: globalOption,
  }),
  run: async (context, { limit, value, global }) => {
    const { engine, texts } = context;
    const author = authorOf(context, global ?? isOfAll(context, limitBounds[limit].scoped));
    const limits = await engine.administration.limits.set(author, limit, parse(value));
    const key = author.scopeId === globalScope ? 'limits-changed-everywhere' : 'limits-changed';
    const text = [texts.text(key), ...limitLines(limits, texts)].join('\n');
    return { kind: 'text', text, private: true };
  },
});

/** What can only be set for all, an administrator need not call global. */
function isOfAll({ isAdmin }: CommandContext, isScoped: boolean): boolean {
  return isAdmin && !isScoped;
}

/** @throws Refusal limit-value-wrong */
function parse(value: string): number | 'off' | null {
  const word = value.toLowerCase();
  if (word === 'off') return 'off';
  if (word === 'default' || word === '-') return null;
  if (/^\d{1,9}$/.test(word)) return Number(word);
  throw new Refusal(sentence('limit-value-wrong', { value: quoted(value) }));
}

function limitLines(limits: Limits, texts: LocalizedTexts): string[] {
  return limitNames.map((name) => {
    const value = limits[name];
    return texts.text('limits-line', {
      name,
      value: value === null ? texts.text('limits-none') : texts.number(value),
      meaning: texts.text(meanings[name]),
    });
  });
}
