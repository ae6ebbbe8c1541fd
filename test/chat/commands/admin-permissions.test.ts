import { describe, expect, it } from 'vitest';
import type { Platform } from '../../../src/engine/index.js';
import { createChatBench } from '../../support/chat-requests.js';

/** As written on Telegram, and with options on Discord, and who may: A(dmin), M(anager). */
const rows: readonly (readonly [
  words: string,
  name: string,
  options: Readonly<Record<string, string | number | boolean>>,
  allowed: 'A' | 'AM',
])[] = [
  ['concurrency get', 'concurrency get', {}, 'AM'],
  ['concurrency set 4', 'concurrency set', { value: 4 }, 'A'],
  ['pause', 'pause', {}, 'A'],
  ['resume', 'resume', {}, 'A'],
  ['preset add own {prompt}!', 'preset add', { name: 'own', prompt: '{prompt}!' }, 'AM'],
  ['preset edit own {prompt}?', 'preset edit', { name: 'own', prompt: '{prompt}?' }, 'AM'],
  ['preset remove own', 'preset remove', { name: 'own' }, 'AM'],
  ['preset remove own --global', 'preset remove', { name: 'own', global: true }, 'A'],
  ['preset list', 'preset list', {}, 'AM'],
  ['models list', 'models list', {}, 'AM'],
  ['models hide sketch', 'models hide', { model: 'sketch' }, 'A'],
  ['models show sketch', 'models show', { model: 'sketch' }, 'A'],
  ['queues', 'queues', {}, 'AM'],
  ['queues cancel all', 'queues', { cancel: 'all' }, 'AM'],
  ['queues global', 'queues', { global: true }, 'A'],
  ['stats', 'stats', {}, 'AM'],
  ['stats 7 global', 'stats', { days: 7, global: true }, 'A'],
  ['limits show', 'limits show', {}, 'AM'],
  ['limits set waitingtasks 5', 'limits set', { limit: 'waitingTasks', value: '5' }, 'AM'],
  [
    'limits set waitingTasks 5 global',
    'limits set',
    { limit: 'waitingTasks', value: '5', global: true },
    'A',
  ],
  ['rules show', 'rules show', {}, 'AM'],
  ['rules set blocked-words gore', 'rules set', { rule: 'blocked-words', value: 'gore' }, 'AM'],
  [
    'rules set blocked-words gore --global',
    'rules set',
    { rule: 'blocked-words', value: 'gore', global: true },
    'A',
  ],
  ['users', 'users', {}, 'AM'],
  ['users global', 'users', { global: true }, 'A'],
  ['block 42', 'block', { user: '42' }, 'AM'],
  ['block 42 global', 'block', { user: '42', global: true }, 'A'],
  ['unblock @bob', 'unblock', { user: '42' }, 'AM'],
  ['log', 'log', {}, 'AM'],
  ['log 2', 'log', { page: 2 }, 'AM'],
  ['log global', 'log', { global: true }, 'A'],
];

const people = [
  { who: 'one of EASEL_ADMINS', letter: 'A', admins: ['discord:100', 'telegram:100'] },
  { who: 'a manager of the scope', letter: 'M', manages: true },
  { who: 'a plain member', letter: '-', manages: false },
  { who: 'oneself in private', letter: 'M', manages: true, isPrivate: true },
];

const refusals = /administrators can|administrators (change|look)|Only those who manage/;

describe.each(['discord', 'telegram'] as const)(
  'who may use /admin on %s',
  (platform: Platform) => {
    describe.each(people)('$who', ({ letter, admins = [], manages = false, isPrivate = false }) => {
      it.each(rows)('%s', async (words, name, options, allowed) => {
        const { ask, engine } = createChatBench({ admins: new Set(admins) });
        engine.presetList = [
          { name: 'own', scopeId: 'telegram:1', version: 1, prompt: '{prompt}' },
        ];
        const intent =
          platform === 'discord'
            ? ({ kind: 'command', name: `admin ${name}`, options } as const)
            : ({ kind: 'text-command', name: 'admin', text: words, attachments: [] } as const);
        const reply = await ask(intent, {
          platform,
          identity: { platform, platformUserId: '100', name: 'Ada', locale: 'en' },
          scopeId: isPrivate ? `${platform}:dm:100` : `${platform}:1`,
          managesScope: async () => manages,
        });
        if (reply.kind !== 'text') throw new Error(`no text, but ${reply.kind}`);
        expect(reply.private).toBe(true);
        const isAllowed = (allowed as string).includes(letter);
        expect(refusals.test(reply.text), reply.text).toBe(!isAllowed);
        expect(reply.text).not.toContain('something went wrong');
        if (!isAllowed) expect(engine.calls).toEqual([]);
      });
    });
  },
);
