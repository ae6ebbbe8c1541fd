import type { CardToShow, ChatPlatform, ShowOutcome } from '../platform.js';

/** A card as it stands in the chat. */
export type ShownCard = Extract<ShowOutcome, { readonly kind: 'shown' }>;

/** How a platform brings a batch's card and the images beside it into a chat. */
export interface CardParts {
  showCard(card: CardToShow): Promise<ShowOutcome>;
  /** The next images beside a card that stands. True: some were posted, and there may be more. */
  postImages(card: CardToShow, shown: ShownCard): Promise<boolean>;
  /** What it means that they could not be posted. @throws what is a defect */
  failedPost(error: unknown, card: CardToShow): FailedPost;
}

export type FailedPost =
  | Extract<ShowOutcome, { readonly kind: 'undeliverable' }>
  | {
      readonly kind: 'unfinished';
      readonly retryAfterMs: number;
      readonly reason: string;
      /** The card has to be shown again first: its place is not what it was. */
      readonly hasLostCard?: boolean;
    };

const rememberedCards = 1000;

/**
 * The card first, then the images beside it, one message each time. While those are still coming,
 * the card is not edited again for a version that it shows.
 */
export function showInParts(parts: CardParts): ChatPlatform['show'] {
  /** What cards show, and where, while images beside them are still posted. */
  const shownCards = new Map<string, { readonly version: number; readonly shown: ShownCard }>();

  async function showCard(card: CardToShow): Promise<ShowOutcome> {
    const { batchId, version, tick } = card;
    const before = tick ? undefined : shownCards.get(batchId);
    if (before?.version === version) return before.shown;
    const outcome = await parts.showCard(card);
    if (outcome.kind !== 'shown') return outcome;
    if (shownCards.size >= rememberedCards) shownCards.clear();
    shownCards.set(batchId, { version, shown: outcome });
    return outcome;
  }

  async function postBeside(card: CardToShow, shown: ShownCard): Promise<ShowOutcome> {
    try {
      if (!(await parts.postImages(card, shown))) return shown;
      return { ...shown, kind: 'unfinished', retryAfterMs: 0, reason: 'there may be more' };
    } catch (error) {
      const failed = parts.failedPost(error, card);
      if (failed.kind === 'undeliverable') return failed;
      const { hasLostCard = false, ...later } = failed;
      if (hasLostCard) shownCards.delete(card.batchId);
      return { ...shown, ...later };
    }
  }

  return async (card) => {
    if (card.view.tasks === 1) return parts.showCard(card);
    const shown = await showCard(card);
    const outcome = shown.kind === 'shown' ? await postBeside(card, shown) : shown;
    const isOver = outcome.kind === 'undeliverable' || (outcome.kind === 'shown' && card.final);
    if (isOver) shownCards.delete(card.batchId);
    return outcome;
  };
}
