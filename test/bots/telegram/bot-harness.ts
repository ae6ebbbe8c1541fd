import { pino } from 'pino';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { createTelegramBot, type TelegramBot } from '../../../src/bots/telegram/index.js';
import type { SendLimits } from '../../../src/bots/telegram/send-budget.js';
import { type Chat, type ChatRequest, createTexts, type Reply } from '../../../src/chat/index.js';
import type { BatchView, DueCard, Engine } from '../../../src/engine/index.js';
import {
  createTelegramPlayground,
  type TelegramPlayground,
  type TelegramPlaygroundOptions,
} from '../../../src/playground/telegram/index.js';
import { createImageShelf, type ImageShelf } from '../../support/image-shelf.js';
import { createMemoryInbox, type MemoryInbox } from '../../support/memory-inbox.js';
import { hasTelegramSpecification, watchTelegram } from '../../support/telegram-specification.js';

export interface TelegramBotTest {
  playground: TelegramPlayground;
  bot: TelegramBot;
  inbox: MemoryInbox;
  shelf: ImageShelf;
  /** What the bot asked of the chat layer, oldest first. */
  requests: ChatRequest[];
  /** How the chat layer answers; a text with the request's words by default. */
  answer: (request: ChatRequest) => Promise<Reply> | Reply;
  /** By batch, what `engine.cards.read` knows. */
  cards: Map<string, DueCard>;
  /** By the album's key, what `engine.albums.batchOf` knows. */
  albums: Map<string, BatchView>;
  /** Scopes that the bot had moved, as `from to`. */
  moves: string[];
  /** Every line that the bot logged. */
  logLines: string[];
  /** Another bot of the same installation, as after a restart. */
  another(options?: { readonly token?: string; readonly apiRoot?: string }): TelegramBot;
}

/** Gives each test the real bot on a playground, with a chat layer that the test speaks for. */
export function useTelegramBot(
  options: TelegramPlaygroundOptions = {},
  limits?: SendLimits,
): TelegramBotTest {
  const test = {} as TelegramBotTest;
  let bots: TelegramBot[] = [];
  let violations: readonly string[] = [];

  beforeEach(async () => {
    test.playground = await createTelegramPlayground(options);
    violations = hasTelegramSpecification ? watchTelegram(test.playground.events) : [];
    test.inbox = createMemoryInbox();
    test.shelf = createImageShelf();
    test.requests = [];
    test.cards = new Map();
    test.albums = new Map();
    test.moves = [];
    test.logLines = [];
    test.answer = (request) => ({ kind: 'text', text: wordsOf(request), private: true });
    bots = [];
    test.another = (changes = {}) => {
      const bot = createTelegramBot({
        token: changes.token ?? test.playground.token,
        apiRoot: changes.apiRoot ?? test.playground.url,
        engine: fakeEngine(test),
        chat: fakeChat(test),
        log: pino({ level: 'debug' }, { write: (line: string) => void test.logLines.push(line) }),
        now: () => new Date(),
        fetch,
        ...(limits ? { limits } : {}),
      });
      bots.push(bot);
      return bot;
    };
    test.bot = test.another();
  });

  afterEach(async () => {
    await Promise.all(bots.map((bot) => bot.stop()));
    for (const bot of bots) bot.close();
    await test.playground.close();
    expect(violations).toEqual([]);
  });
  return test;
}

/** Waits until the check holds; for what the playground does not see. */
export function eventually<T>(check: () => T): Promise<T> {
  return vi.waitFor(check, { timeout: 30_000, interval: 10 }) as Promise<T>;
}

function wordsOf({ intent }: ChatRequest): string {
  return intent.kind === 'text-command' ? `${intent.name}: ${intent.text}` : intent.kind;
}

function fakeChat(test: TelegramBotTest): Chat {
  const texts = createTexts();
  const everywhere = { platforms: ['discord', 'telegram'], options: [] } as const;
  return {
    async handle(request) {
      test.requests.push(request);
      return test.answer(request);
    },
    suggest: async () => [],
    opensForm: () => false,
    commands: [
      {
        ...everywhere,
        path: ['imagine'],
        description: { 'en-US': 'Make images', 'zh-CN': '生成图片' },
        audience: 'everyone',
      },
      {
        ...everywhere,
        path: ['batch'],
        description: { 'en-US': 'Change several images', 'zh-CN': '修改多张图片' },
        audience: 'everyone',
      },
      {
        ...everywhere,
        platforms: ['telegram'],
        path: ['start'],
        description: { 'en-US': 'What Easel does', 'zh-CN': '说明' },
        audience: 'everyone',
      },
      {
        ...everywhere,
        path: ['admin', 'concurrency', 'set'],
        description: { 'en-US': 'Change it', 'zh-CN': '修改' },
        audience: 'managers',
      },
    ],
    commandGroups: [
      { path: ['admin'], description: { 'en-US': 'Administration', 'zh-CN': '管理' } },
    ],
    text: (locale, key, variables) => texts.inLocale(locale).text(key, variables),
  };
}

/** What of the engine the bot asks by itself. Anything else fails by name. */
function fakeEngine(test: TelegramBotTest): Engine {
  const { readImage, readGrid, readImageWithin } = test.shelf;
  const parts: Partial<Engine> = {
    inbox: test.inbox,
    administration: only<Engine['administration']>({
      moveScope: async (from, to) => void test.moves.push(`${from.scopeId} ${to.scopeId}`),
    }),
    albums: only<Engine['albums']>({ batchOf: async (_platform, key) => test.albums.get(key) }),
    cards: only<Engine['cards']>({ read: async (batchId) => test.cards.get(batchId) }),
    readImage,
    readGrid,
    readImageWithin,
  };
  return only<Engine>(parts);
}

function only<T extends object>(parts: Partial<T>): T {
  return new Proxy(parts as T, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name);
      throw new Error(`The bot was not expected to use ${String(name)}`);
    },
  });
}
