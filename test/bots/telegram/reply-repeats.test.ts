import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReplySender } from '../../../src/bots/telegram/reply-sender.js';
import { createSendBudget } from '../../../src/bots/telegram/send-budget.js';
import { createTelegramApi } from '../../../src/bots/telegram/telegram-api.js';
import {
  TelegramCallError,
  type TelegramFailure,
} from '../../../src/bots/telegram/telegram-errors.js';
import type { Chat, Reply } from '../../../src/chat/index.js';
import type { Engine } from '../../../src/engine/index.js';
import {
  createTelegramPlayground,
  type TelegramPlayground,
} from '../../../src/playground/telegram/index.js';
import { createImageShelf } from '../../support/image-shelf.js';

let playground: TelegramPlayground;
const shelf = createImageShelf();
beforeEach(async () => {
  playground = await createTelegramPlayground();
});
afterEach(() => playground.close());

const hello: Reply = { kind: 'text', text: 'hello', private: false };

/** Says so, where the first calls fail like this. Returns what came into the chat. */
async function sayThrough(
  failure: TelegramFailure,
  failures: number,
  reply = hello,
  failing: (method: string) => boolean = () => true,
) {
  const ada = playground.createUser();
  await ada.send(ada.chat, { text: '/start' });
  const interval = { chatIntervalMs: 1, groupWindowMs: 1 };
  const api = createTelegramApi({ token: playground.token, apiRoot: playground.url });
  const replies = createReplySender({
    api,
    budget: createSendBudget({
      limits: {
        ...interval,
        groupPerWindow: { all: 20, progress: 10 },
        overallPerSecond: { all: 100, progress: 50 },
        progressIntervalMs: { private: 1, group: 1 },
      },
    }),
    engine: shelf as unknown as Engine,
    links: null,
    chat: {} as Chat,
    log: pino({ level: 'silent' }),
    sleep: async () => {
      // Nobody waits here.
    },
    stopSignal: new AbortController().signal,
  });
  let left = failures;
  api.config.use(async (prev, method, payload, signal) => {
    if (!failing(method) || left === 0) return prev(method, payload, signal);
    left -= 1;
    if (failure.kind === 'doubtful') await prev(method, payload, signal);
    throw new TelegramCallError(method, failure, 'for this test');
  });
  const place = { chatId: ada.chat.id, threadId: null, messageId: null, locale: 'en-US' };
  const isDone = await replies.send(reply, place);
  const said = playground.messages(ada.chat).filter(({ from }) => from.is_bot);
  const photos = said.filter(({ content }) => content.photo).length;
  return { isDone, said: said.length, photos };
}

it('says words four times at most where every answer is lost', async () => {
  expect(await sayThrough({ kind: 'doubtful' }, 8)).toMatchObject({
    isDone: true,
    said: 4,
  });
});

it('says words once where the chat is busy for a long time', async () => {
  expect(await sayThrough({ kind: 'rate-limited', retryAfterMs: 0 }, 6)).toMatchObject({
    isDone: true,
    said: 1,
  });
});

describe('a list with more words than its pictures have room for', () => {
  const list = async (): Promise<Reply> => {
    const { images } = await shelf.results(2);
    const panel = { text: 'a fox, '.repeat(200), images, buttons: [] };
    return { kind: 'panel', panel, private: false };
  };
  const once = { isDone: true, said: 2, photos: 1 };

  it('goes on with its words where those failed, and sends no picture again', async () => {
    const busy = { kind: 'rate-limited', retryAfterMs: 0 } as const;
    const isWords = (method: string) => method === 'sendMessage';
    expect(await sayThrough(busy, 2, await list(), isWords)).toEqual(once);
  });

  it('sends no picture again whose answer was lost', async () => {
    const isPhoto = (method: string) => method === 'sendPhoto';
    expect(await sayThrough({ kind: 'doubtful' }, 1, await list(), isPhoto)).toEqual(once);
  });
});
