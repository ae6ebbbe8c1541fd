import { Bot } from 'grammy';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  createTelegramPlayground,
  type TelegramPlayground,
  type TelegramPlaygroundOptions,
} from '../../src/playground/telegram/index.js';
import { hasTelegramSpecification, watchTelegram } from './telegram-specification.js';

export interface TelegramTest {
  playground: TelegramPlayground;
  /** The real grammY client; it polls once `bot.start()` was called. */
  bot: Bot;
  /** What the official specification has against the traffic so far, where it is there to ask. */
  violations: readonly string[];
}

/**
 * Gives each test a playground and a grammY bot on it. After each, the official specification must
 * have nothing against what went over the wire, but what the test took out of `violations`.
 */
export function useTelegramPlayground(options: TelegramPlaygroundOptions = {}): TelegramTest {
  const test = {} as TelegramTest;
  if (!hasTelegramSpecification) {
    it.skip('is judged by ../shared/specs/telegram-bot-api.json, which is not there');
  }
  beforeEach(async () => {
    test.playground = await createTelegramPlayground(options);
    test.bot = new Bot(test.playground.token, { client: { apiRoot: test.playground.url } });
    test.violations = hasTelegramSpecification ? watchTelegram(test.playground.events) : [];
  });
  afterEach(async () => {
    if (test.bot.isRunning()) await test.bot.stop();
    await test.playground.close();
    expect(test.violations).toEqual([]);
  });
  return test;
}
