import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createReplySender } from '../../../src/bots/telegram/reply-sender.js';
import { createSendBudget } from '../../../src/bots/telegram/send-budget.js';
import { createTelegramApi } from '../../../src/bots/telegram/telegram-api.js';
import {
  TelegramCallError,
  type TelegramFailure,
} from '../../../src/bots/telegram/telegram-errors.js';
import type { Chat } from '../../../src/chat/index.js';
import type { Engine } from '../../../src/engine/index.js';
import {
  createTelegramPlayground,
  type TelegramPlayground,
} from '../../../src/playground/telegram/index.js';

let playground: TelegramPlayground;
beforeEach(async () => {
  playground = await createTelegramPlayground();
});
afterEach(() => playground.close());

/** Says so, where the first calls fail like this. Returns what came into the chat. */
async function sayThrough(failure: TelegramFailure, failures: number) {
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
    engine: {} as Engine,
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
    left -= 1;
    if (left < 0) return prev(method, payload, signal);
    if (failure.kind === 'doubtful') await prev(method, payload, signal);
    throw new TelegramCallError(method, failure, 'for this test');
  });
  const place = { chatId: ada.chat.id, threadId: null, messageId: null, locale: 'en-US' };
  const isDone = await replies.send({ kind: 'text', text: 'hello', private: false }, place);
  const said = playground.messages(ada.chat).filter(({ from }) => from.is_bot);
  return { isDone, said: said.length };
}

it('says words four times at most where every answer is lost', async () => {
  expect(await sayThrough({ kind: 'doubtful' }, 8)).toEqual({ isDone: true, said: 4 });
});

it('says words once where the chat is busy for a long time', async () => {
  expect(await sayThrough({ kind: 'rate-limited', retryAfterMs: 0 }, 6)).toEqual({
    isDone: true,
    said: 1,
  });
});
