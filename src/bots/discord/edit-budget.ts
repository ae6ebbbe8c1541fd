import type { BucketState } from './discord-api.js';

/** Milliseconds between two progress edits of a card, and of any two in one channel. */
const cardIntervalMs = 1500;
const channelIntervalMs = 250;
/** All progress together, below the 50 requests a second that a bot may send. */
const botIntervalMs = 21;
/** Whatever there is of new cards and of ends, progress waits no longer for them. */
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
 * also keeps a pace, and leaves the last request of each bucket to the final states.
 */
export function createEditBudget(options: { readonly monotonicMs: () => number }) {
  const now = options.monotonicMs;
  const cardReadyAt = new Map<string, number>();
  const channelReadyAt = new Map<string, number>();
  const closedUntil = new Map<string, number>();
  const scarceUntil = new Map<string, number>();
  let botReadyAt = 0;

  return {
    /** Milliseconds; 0 when now is fine. A card that was never shown is not paced. */
    readyInMs({ card, channel, scope }: CardBuckets, final: boolean): number {
      const closed = closedUntil.get(scope) ?? 0;
      const cardAt = cardReadyAt.get(card);
      const paced =
        final || cardAt === undefined
          ? 0
          : Math.max(
              cardAt,
              channelReadyAt.get(channel) ?? 0,
              botReadyAt,
              scarceUntil.get(scope) ?? 0,
            );
      return Math.max(0, Math.ceil(Math.max(closed, paced) - now()));
    },

    /** New cards and ends of cards wait for nobody's pace, but progress makes room for them. */
    edited({ card, channel }: CardBuckets, final: boolean, uploadedBytes: number): void {
      const at = now();
      if (cardReadyAt.has(card) && !final) {
        const channelAt = Math.max(at, channelReadyAt.get(channel) ?? 0);
        channelReadyAt.set(channel, channelAt + channelIntervalMs);
        // What a late timer has lost is made good by the next.
        botReadyAt = Math.max(at - 2 * botIntervalMs, botReadyAt) + botIntervalMs;
      } else {
        botReadyAt = Math.min(Math.max(at, botReadyAt) + botIntervalMs, at + longestYieldMs);
      }
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

function forgetPast(times: Map<string, number>, at: number): void {
  for (const [key, readyAt] of times) if (readyAt <= at) times.delete(key);
}
