import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createReplySender } from '../../../src/bots/telegram/reply-sender.js';
import { createSendBudget } from '../../../src/bots/telegram/send-budget.js';
import { createTelegramApi } from '../../../src/bots/telegram/telegram-api.js';
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
async function sayThrough(kind: 'reset-after' | '429', failures: number) {
  const ada = playground.createUser();
  await ada.send(ada.chat, { text: '/start' });
  const interval = { chatIntervalMs: 1, groupWindowMs: 1 };
  const replies = createReplySender({
    api: createTelegramApi({ token: playground.token, apiRoot: playground.url }),
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
  for (let left = failures; left > 0; left -= 1) {
    playground.faults.next({ method: 'sendMessage', kind, retryAfter: 0 });
  }
  const place = { chatId: ada.chat.id, threadId: null, messageId: null, locale: 'en-US' };
  const isDone = await replies.send({ kind: 'text', text: 'hello', private: false }, place);
  const said = playground.messages(ada.chat).filter(({ from }) => from.is_bot);
  return { isDone, said: said.length };
}

it('says words four times at most where every answer is lost', async () => {
  const { isDone, said } = await sayThrough('reset-after', 8);
  expect(isDone).toBe(true);
  expect(said).toBeGreaterThan(0);
  expect(said).toBeLessThanOrEqual(4);
});

it('says words once where the chat is busy for a long time', async () => {
  expect(await sayThrough('429', 6)).toEqual({ isDone: true, said: 1 });
});
