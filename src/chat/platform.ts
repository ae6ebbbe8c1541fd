import type { CardAddress, Platform, Post } from '../engine/index.js';
import type { CardView } from './cards/card-view.js';

/** What the renderer asks of a chat platform. `test/contracts/platform.ts` runs on both. */
export interface ChatPlatform {
  readonly name: Platform;
  /**
   * Milliseconds until the card at this address may be edited again within the platform's budgets:
   * 0 when now is fine. `final` ones go first, so that a progress edit may be told a longer time.
   * Asked often, finals first; after 0 the card's `show` follows at once, and counts from then on.
   */
  readyInMs(address: CardAddress, final: boolean): number;
  /** True: the card must be shown again though nothing has changed, since its time runs out. */
  isOverdue?(address: CardAddress): boolean;
  /**
   * Shows the view at the address: edits the card where there is one, else sends it. Never sends a
   * second message where the first may have arrived, except as `sendingSince` says.
   * Resolves for every outcome that the platform gave; throws only on a defect.
   */
  show(card: CardToShow): Promise<ShowOutcome>;
}

export interface CardToShow {
  readonly batchId: string;
  /** Of the batch's state; the same one may be shown again. */
  readonly version: number;
  readonly address: CardAddress;
  readonly view: CardView;
  /** True when no later state is expected. */
  readonly final: boolean;
  /** The state did not change, only progress: drop it when busy, do not retry it. */
  readonly tick: boolean;
  /** Images that the card's own message has shown before. */
  readonly shownImageIds: readonly string[];
  /**
   * It tells of nothing but what is gone: where its message was removed from the chat, or can be
   * edited no more, it stays away and no new one is sent.
   */
  readonly onlyEdits: boolean;
  /** An earlier send of this card had no answer, since then: it may stand in the chat already. */
  readonly sendingSince: Date | null;
  /** Call before a send that can't be repeated harmlessly; resolves when it is on record. */
  readonly sending: () => Promise<void>;
  /**
   * Call when a new message stands that does not show the view yet; resolves when it is on record.
   * After a crash between the two, the card goes on there.
   */
  readonly placed: (address: CardAddress) => Promise<void>;
  readonly posts: CardPosts;
}

/** The messages with images beside a card: each is put on record before it is sent. */
export interface CardPosts {
  /** Oldest first. One that is `sending` here was begun by a process that has ended. */
  readonly known: readonly Post[];
  /** Undefined: the batch is gone, so nothing may be sent. */
  begin(imageIds: readonly string[]): Promise<Post | undefined>;
  sent(postId: string, messageIds: readonly string[]): Promise<void>;
  /** Nothing was sent. */
  release(postId: string): Promise<void>;
  /** Nobody knows whether they arrived: the card will say so, and offer to send them again. */
  doubt(postIds: readonly string[]): Promise<void>;
}

export type ShowOutcome =
  /**
   * The chat shows it; `address` is where (message ids added). `imageIds`: the card's own message
   * has these images now; left out where that has not changed.
   */
  | {
      readonly kind: 'shown';
      readonly address: CardAddress;
      readonly imageIds?: readonly string[];
    }
  /** The platform is unwell: nothing is known to have changed. Tried again, ever more seldom. */
  | { readonly kind: 'later'; readonly retryAfterMs: number; readonly reason: string }
  /** 429, or its turn has not come: nothing was done. Tried again just then, and no try is counted. */
  | { readonly kind: 'wait'; readonly retryAfterMs: number; readonly reason: string }
  /** The card stands at the address; images beside it are still to be posted, or failed to be. */
  | {
      readonly kind: 'unfinished';
      readonly address: CardAddress;
      /** As of what is shown. */
      readonly imageIds?: readonly string[];
      readonly retryAfterMs: number;
      readonly reason: string;
    }
  /** Channel gone, bot blocked, no permission: it will not get better by itself. */
  | { readonly kind: 'undeliverable'; readonly reason: string };
