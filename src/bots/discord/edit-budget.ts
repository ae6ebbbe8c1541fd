import type { BucketState } from './discord-api.js';

/** Milliseconds between two progress edits of a card, and of any two in one channel. */
const cardIntervalMs = 1500;
const channelIntervalMs = 250;
/**
 * All progress together. By the bot's token, it leaves new cards and ends a part of the 50 requests
 * a second that a bot may send. Edits by interactions' tokens are exempt, but keep a pace too.
 * https://discord.com/developers/docs/topics/rate-limits#global-rate-limit
 */
const paceMs = { byBotToken: 25, byInteraction: 21 };
/** Turns of progress that a late timer may have missed, and that go at once. */
const mostMadeGood = 2;
/** So long after the last of many new cards and ends, progress goes on, however many they were. */
const longestYieldMs = 1000;
/** An edit with files holds its card's progress back for as long as this pace takes to send them. */
const bytesPerMs = 1000;
/** Entries kept for cards and channels before old ones are dropped. */
const rememberedEntries = 2000;

/** One card, and the buckets that its edits draw on. */
export interface CardBuckets {
  readonly card: string;
  readonly channel: string;
  /** As `BucketState` names it. */
  readonly scope: string;
}

export type EditBudget = ReturnType<typeof createEditBudget>;

/**
 * When a card may be edited. Final states wait only for what Discord itself has closed; progress
 * also keeps a pace, and leaves the last request of each bucket to the final states. A turn counts
 * from when it is given: answers come too late to keep others from starting meanwhile.
 */
export function createEditBudget(options: { readonly monotonicMs: () => number }) {
  const now = options.monotonicMs;
  const cardReadyAt = new Map<string, number>();
  const channelReadyAt = new Map<string, number>();
  const closedUntil = new Map<string, number>();
  const scarceUntil = new Map<string, number>();
  let progressReadyAt = 0;

  const takeProgressTurn = (channel: string, scope: string): void => {
    const at = now();
    const intervalMs = isByBotToken(scope) ? paceMs.byBotToken : paceMs.byInteraction;
    channelReadyAt.set(channel, Math.max(at, channelReadyAt.get(channel) ?? 0) + channelIntervalMs);
    progressReadyAt = Math.max(at - mostMadeGood * intervalMs, progressReadyAt) + intervalMs;
  };

  /** New cards and ends of cards wait for nobody's pace, but progress makes room for them. */
  const takeOtherTurn = (scope: string): void => {
    if (!isByBotToken(scope)) return;
    const at = now();
    const yieldedAt = Math.max(at, progressReadyAt) + paceMs.byBotToken;
    progressReadyAt = Math.min(yieldedAt, at + longestYieldMs);
  };

  return {
    /** Milliseconds; at 0 the turn is taken by this card. One never shown is not paced. */
    readyInMs({ card, channel, scope }: CardBuckets, final: boolean): number {
      const closed = closedUntil.get(scope) ?? 0;
      const cardAt = cardReadyAt.get(card);
      const isProgress = !final && cardAt !== undefined;
      const paced = isProgress
        ? Math.max(
            cardAt,
            channelReadyAt.get(channel) ?? 0,
            progressReadyAt,
            scarceUntil.get(scope) ?? 0,
          )
        : 0;
      const waitMs = Math.max(0, Math.ceil(Math.max(closed, paced) - now()));
      if (waitMs > 0) return waitMs;
      if (isProgress) takeProgressTurn(channel, scope);
      else takeOtherTurn(scope);
      return 0;
    },

    /** Milliseconds until a new message may stand in the channel, by the bot's token; as above at 0. */
    messageReadyInMs(channel: string): number {
      const scope = channelScope(channel);
      const waitMs = Math.max(0, Math.ceil((closedUntil.get(scope) ?? 0) - now()));
      if (waitMs === 0) takeOtherTurn(scope);
      return waitMs;
    },

    /** Discord took an edit of the card. */
    edited(card: string, uploadedBytes: number): void {
      const at = now();
      cardReadyAt.set(card, at + cardIntervalMs + uploadedBytes / bytesPerMs);
      for (const times of [cardReadyAt, channelReadyAt, closedUntil, scarceUntil]) {
        if (times.size > rememberedEntries) forgetPast(times, at);
      }
    },

    /** Discord, or discord.js in its place, said 429. */
    limited(scope: string, retryAfterMs: number): void {
      closedUntil.set(scope, now() + retryAfterMs);
    },

    observed({ scope, remaining, resetAfterMs }: BucketState): void {
      if (remaining <= 0) closedUntil.set(scope, now() + resetAfterMs);
      if (remaining <= 1) scarceUntil.set(scope, now() + resetAfterMs);
    },
  };
}

/** As `BucketState` names it. */
export function channelScope(channel: string): string {
  return `channel:${channel}`;
}

function isByBotToken(scope: string): boolean {
  return scope.startsWith(channelScope(''));
}

function forgetPast(times: Map<string, number>, at: number): void {
  for (const [key, readyAt] of times) if (readyAt <= at) times.delete(key);
}
