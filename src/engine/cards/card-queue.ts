import type { BatchView, CardAddress } from '../batches/batch.js';
import type { Platform } from '../users/user.js';
import type { Post, Posts } from './post.js';

/** What names a message: its id, and what that is unique in. */
export type MessageAddress = CardAddress & { readonly messageId: string | number };

/** A card whose rendered version lags behind its record. */
export interface DueCard {
  readonly batchId: string;
  readonly platform: Platform;
  readonly address: CardAddress;
  /** What to tell `rendered` once the chat shows this state. */
  readonly version: number;
  /** 0 until the chat has shown anything. */
  readonly renderedVersion: number;
  /** True when every task has ended: goes before all progress. */
  readonly final: boolean;
  /** Failed tries to show this version so far. */
  readonly attempts: number;
  /** Set before a message was sent whose answer never came (see `sending`). */
  readonly sendingSince: Date | null;
  /** Images that the card's own message has shown, as far as the platform has told. */
  readonly shownImageIds: readonly string[];
  /** What was posted beside the card, oldest first. */
  readonly posts: readonly Post[];
  readonly batch: BatchView;
}

/**
 * The delivery queue: cards whose state has changed since the chat last saw them. One process holds
 * a platform's lease at a time; the others get nothing due.
 */
export interface CardQueue {
  readonly posts: Posts;
  /** Takes or renews the platform's lease. False: another process renders this platform. */
  hold(platform: Platform): Promise<boolean>;
  letGo(platform: Platform): Promise<void>;
  /** Lagging cards, finals first, then the longest waiting. A card that is being shown right now is
   * among them still: the caller knows which it has in hand. With `among`, only of these batches. */
  due(platform: Platform, limit: number, among?: readonly string[]): Promise<DueCard[]>;
  /** One card as it stands, whether it lags or not (for progress). Undefined: deleted or unknown. */
  read(batchId: string): Promise<DueCard | undefined>;
  /** Cards that the chat shows and whose batch has not ended, newest first: their hints go on. */
  live(platform: Platform, limit: number): Promise<DueCard[]>;
  /**
   * The chat shows `version` at `address` now, with these images in the card's own message; the same
   * ones as before where they are left out. Later versions stay due.
   */
  rendered(
    batchId: string,
    version: number,
    address: CardAddress,
    imageIds?: readonly string[],
  ): Promise<void>;
  /** Before a send that cannot be repeated harmlessly. Cleared by `placed` and `rendered`. */
  sending(batchId: string): Promise<void>;
  /** A message for the card stands at `address`; of what it shows, some is still to come. */
  placed(batchId: string, address: CardAddress, imageIds?: readonly string[]): Promise<void>;
  /** Try again after `delayMs`; counts as a failed try. */
  postpone(batchId: string, version: number, delayMs: number): Promise<void>;
  /** Try again after `delayMs`, as the platform asked: no try is counted. */
  defer(batchId: string, delayMs: number): Promise<void>;
  /** Nobody can be shown this card any more (channel gone, bot blocked): nothing is retried. */
  undeliverable(batchId: string, reason: string): Promise<void>;
  /**
   * The card is to be shown there from now on, also where nobody could be shown it before, which
   * alone lets it go to another platform. False: it stands well on another, or is gone, and nothing
   * has changed.
   */
  readdress(batchId: string, platform: Platform, address: CardAddress): Promise<boolean>;
  /** Finds the batch of a card by where it lives, e.g. for replies to it. */
  findByAddress(platform: Platform, part: MessageAddress): Promise<string | undefined>;
}
