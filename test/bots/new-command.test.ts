import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTelegramBot } from '../../src/bots/telegram/index.js';
import { defineCommand } from '../../src/chat/commands/command.js';
import { commandGroups, commands } from '../../src/chat/commands/index.js';
import { countOption, promptOption } from '../../src/chat/commands/options.js';
import { createChat, createTexts } from '../../src/chat/index.js';
import { textOf } from '../../src/playground/discord/index.js';
import { createTelegramPlayground } from '../../src/playground/telegram/index.js';
import { openDiscordBot } from '../support/discord-bot.js';
import { createFakeChatEngine } from '../support/fake-chat-engine.js';
import { createMemoryInbox } from '../support/memory-inbox.js';

const limit = { timeoutMs: 30_000 };

/** A command that neither bot has ever heard of. */
const dream = defineCommand({
  path: ['dream'],
  description: 'command-models',
  permission: 'everyone',
  options: z.object({
    prompt: promptOption('option-prompt'),
    count: countOption('option-count'),
  }),
  run: async (_context, { prompt, count = 1 }) => ({
    kind: 'text',
    text: `dreamt ${count} times of ${prompt}`,
    private: false,
  }),
});

const log = pino({ level: 'silent' });
const engine = createFakeChatEngine({ inbox: createMemoryInbox() });
const chat = createChat({
  ...{ engine, log, admins: new Set<string>(), texts: createTexts(), commandGroups },
  ...{ commands: [...commands, dream], now: () => new Date(), newErrorId: () => 'error1' },
});

let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
});

describe('a command that is declared in chat alone', () => {
  it('is offered on Discord with its options, in both languages, and answers', async () => {
    const harness = await openDiscordBot({ commands: chat.commands });
    closing.push(harness.close);
    harness.answerWith(chat.handle);
    const offered = harness.playground.commands().find(({ name }) => name === 'dream');
    expect(offered).toMatchObject({
      description: 'The models you can use',
      description_localizations: { 'zh-CN': '可用的模型' },
      options: [
        { name: 'prompt', type: 3, required: true },
        { name: 'count', type: 4, min_value: 1, max_value: 4 },
      ],
    });
    harness.ada.command(harness.channel, 'dream', { prompt: 'a fox --n 2' });
    await harness.channel.waitFor(
      (message) => textOf(message).includes('dreamt 2 times of a fox'),
      limit,
    );
  });

  it('is offered in Telegram’s menu, in both languages, and answers, flags and all', async () => {
    const playground = await createTelegramPlayground();
    const { token, url: apiRoot } = playground;
    const bot = createTelegramBot({
      ...{ token, apiRoot, engine, chat, log },
      ...{ now: () => new Date(), fetch },
    });
    closing.push(
      () => bot.stop(),
      async () => bot.close(),
      () => playground.close(),
    );
    await bot.start();
    const menus = () => playground.ledger.of('setMyCommands').map(({ parameters }) => parameters);
    await playground.waitFor(() => menus().length === 6);
    const entries = menus().flatMap(
      ({ commands: menu }) => menu as { command: string; description: string }[],
    );
    const dreams = entries.filter(({ command }) => command === 'dream');
    expect(new Set(dreams.map(({ description }) => description))).toEqual(
      new Set(['The models you can use', '可用的模型']),
    );
    const ada = playground.createUser({ firstName: 'Ada' });
    await ada.send(ada.chat, { text: '/dream a fox --n 2' });
    await playground.waitForMessage(
      ada.chat,
      ({ content }) => content.text === 'dreamt 2 times of a fox',
      limit,
    );
  });
});
