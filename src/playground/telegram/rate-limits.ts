import { tooManyRequests } from './api-error.js';
import type { Clock } from './clock.js';

/**
 * Budgets for messages and edits alike
 * (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
 */
export interface RateLimits {
  /** What a chat takes in the long run. */
  readonly chatPerSecond: number;
  /** What a chat takes at once. */
  readonly chatBurst: number;
  /** What a group or supergroup takes in any minute. */
  readonly groupPerMinute: number;
  /** What a bot may send to all chats together. */
  readonly overallPerSecond: number;
}

export const telegramRateLimits: RateLimits = {
  chatPerSecond: 1,
  chatBurst: 3,
  groupPerMinute: 20,
  overallPerSecond: 30,
};

interface Bucket {
  tokens: number;
  updatedMs: number;
}

export interface RateLimiter {
  /** Takes `messages` from the budgets, or throws 429 and takes nothing. */
  spend(chatId: number, isGroup: boolean, messages?: number): void;
}

export function createRateLimiter(limits: RateLimits | 'off', clock: Clock): RateLimiter {
  if (limits === 'off') return { spend: () => undefined };
  const chats = new Map<number, Bucket>();
  const groups = new Map<number, number[]>();
  const overall: Bucket = { tokens: limits.overallPerSecond, updatedMs: clock.now() };

  /** Milliseconds until the bucket holds a whole token. */
  function refill(bucket: Bucket, perSecond: number, capacity: number): number {
    const nowMs = clock.now();
    const gained = ((nowMs - bucket.updatedMs) / 1000) * perSecond;
    bucket.tokens = Math.min(capacity, bucket.tokens + gained);
    bucket.updatedMs = nowMs;
    return bucket.tokens >= 1 ? 0 : ((1 - bucket.tokens) / perSecond) * 1000;
  }

  function groupWaitMs(sent: number[], perMinute: number): number {
    const nowMs = clock.now();
    while (sent[0] !== undefined && sent[0] <= nowMs - 60_000) sent.shift();
    const blocking = sent.at(-perMinute);
    return blocking === undefined ? 0 : blocking + 60_000 - nowMs;
  }

  return {
    spend(chatId, isGroup, messages = 1) {
      const chat = chats.get(chatId) ?? { tokens: limits.chatBurst, updatedMs: clock.now() };
      const sent = groups.get(chatId) ?? [];
      const waitMs = Math.max(
        refill(chat, limits.chatPerSecond, limits.chatBurst),
        refill(overall, limits.overallPerSecond, limits.overallPerSecond),
        isGroup ? groupWaitMs(sent, limits.groupPerMinute) : 0,
      );
      chats.set(chatId, chat);
      if (waitMs > 0) throw tooManyRequests(Math.max(1, Math.ceil(waitMs / 1000)));
      // An album goes through whole and leaves a debt, which the next message waits for.
      chat.tokens -= messages;
      overall.tokens -= messages;
      if (!isGroup) return;
      for (let count = 0; count < messages; count += 1) sent.push(clock.now());
      groups.set(chatId, sent);
    },
  };
}
