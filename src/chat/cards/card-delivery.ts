import type { Logger } from 'pino';
import { type DueCard, type Engine, phaseOf, type QueuePosition } from '../../engine/index.js';
import type { ChatPlatform, ShowOutcome } from '../platform.js';
import type { Texts } from '../texts.js';
import { renderCard } from './card.js';
import type { CardView } from './card-view.js';
import type { LiveCards } from './live-cards.js';
import { hasOnlyLosses } from './lost-images.js';
import type { Timers } from './wakeup.js';

const firstBackoffMs = 1_000;
const mostBackoffMs = 60_000;
const mostRecordPauseMs = 5_000;
/** About five minutes; then the platform is asked again, which is careful about what may stand there. */
const mostRecordFailures = 60;

export interface CardDeliveryDependencies {
  readonly engine: Pick<Engine, 'cards' | 'position'>;
  readonly platform: ChatPlatform;
  readonly texts: Texts;
  readonly now: () => Date;
  readonly log: Logger;
  readonly live: LiveCards;
  readonly timers: Timers;
  /** Each time that a card was shown, with the position that it told. */
  readonly onShown?: (card: DueCard, position: QueuePosition | null) => void;
}

/** One card's way into the chat. Whoever calls sees to it that a card is brought once at a time. */
export interface CardDelivery {
  /**
   * Shows the card as it stands and records what came of it. Its state, where the chat has not
   * seen that yet, else its progress. Never rejects.
   */
  bring(batchId: string, fetched?: DueCard): Promise<void>;
  /** Outcomes that cannot be recorded are no longer tried again. */
  giveUp(): void;
}

export function createCardDelivery(dependencies: CardDeliveryDependencies): CardDelivery {
  const { engine, platform, texts, now, log, live, timers } = dependencies;
  const { cards } = engine;
  let hasGivenUp = false;

  async function viewOf(card: DueCard): Promise<[CardView, QueuePosition | null]> {
    const { batch } = card;
    const isWaiting = phaseOf(batch.counts) === 'waiting';
    const position = isWaiting ? await positionOf(batch.id) : null;
    const view = renderCard({
      batch,
      progress: live.progressOf(batch.id),
      position,
      now: now(),
      texts: texts.inLocale(batch.owner.locale),
      posts: card.posts,
    });
    return [view, position];
  }

  /** A hint: without it the card says 'queued' alone. */
  async function positionOf(batchId: string): Promise<QueuePosition | null> {
    try {
      return (await engine.position(batchId)) ?? null;
    } catch (error) {
      log.warn({ err: error, batchId }, 'no position for a card');
      return null;
    }
  }

  /**
   * The chat has changed, and the record must know: above all where the card is. Until it does, the
   * card is not touched again.
   */
  async function record(batchId: string, write: () => Promise<void>): Promise<void> {
    for (let failures = 1; !hasGivenUp && failures <= mostRecordFailures; failures++) {
      try {
        await write();
        return;
      } catch (error) {
        log.warn({ err: error, batchId, failures }, "a card's outcome could not be recorded");
        const pauseMs = Math.min(200 * 2 ** failures, mostRecordPauseMs);
        await new Promise<void>((resolve) => timers.after(pauseMs, resolve));
      }
    }
  }

  async function settle(card: DueCard, isTick: boolean, outcome: ShowOutcome): Promise<void> {
    const { batchId, version } = card;
    switch (outcome.kind) {
      case 'shown': {
        const { address, imageIds } = outcome;
        const hasMoved = JSON.stringify(address) !== JSON.stringify(card.address);
        if (!isTick || hasMoved) {
          await record(batchId, () => cards.rendered(batchId, version, address, imageIds));
        }
        return;
      }
      case 'later': {
        const backoffMs = card.attempts === 0 || isTick ? 0 : backoffAfter(card.attempts);
        const delayMs = Math.max(outcome.retryAfterMs, backoffMs);
        log.info({ batchId, reason: outcome.reason, delayMs, isTick }, 'a card is shown later');
        live.busyFor(batchId, delayMs);
        if (!isTick) await record(batchId, () => cards.postpone(batchId, version, delayMs));
        return;
      }
      case 'wait': {
        const { retryAfterMs, reason } = outcome;
        log.info({ batchId, reason, retryAfterMs, isTick }, 'a card waits for the platform');
        live.busyFor(batchId, retryAfterMs);
        if (!isTick) await record(batchId, () => cards.defer(batchId, retryAfterMs));
        return;
      }
      case 'unfinished': {
        const { address, imageIds, retryAfterMs, reason } = outcome;
        log.debug({ batchId, reason, retryAfterMs, isTick }, 'images of a card are still to come');
        await record(batchId, () => cards.placed(batchId, address, imageIds));
        if (!isTick) await record(batchId, () => cards.defer(batchId, retryAfterMs));
        return;
      }
      case 'undeliverable':
        log.warn({ batchId, reason: outcome.reason }, 'a card cannot be shown any more');
        await record(batchId, () => cards.undeliverable(batchId, outcome.reason));
    }
  }

  async function show(card: DueCard): Promise<void> {
    const { batchId, address, final, sendingSince } = card;
    const isTick = card.version <= card.renderedVersion;
    if (isTick && final) {
      live.forget(batchId);
      return;
    }
    live.beginShowing(batchId);
    const [view, position] = await viewOf(card);
    const outcome = await platform.show({
      batchId,
      version: card.version,
      address,
      view,
      final,
      tick: isTick,
      onlyEdits: hasOnlyLosses(card),
      shownImageIds: card.shownImageIds,
      sendingSince,
      sending: () => cards.sending(batchId),
      placed: (placedAt) => record(batchId, () => cards.placed(batchId, placedAt)),
      posts: {
        known: card.posts,
        begin: (imageIds) => cards.posts.begin(batchId, imageIds),
        sent: (postId, messageIds) =>
          record(batchId, () => cards.posts.sent(batchId, postId, messageIds)),
        release: (postId) => record(batchId, () => cards.posts.release(batchId, postId)),
        doubt: (postIds) => record(batchId, () => cards.posts.doubt(batchId, postIds)),
      },
    });
    await settle(card, isTick, outcome);
    if (outcome.kind === 'shown') dependencies.onShown?.(card, position);
    if (outcome.kind === 'undeliverable' || (outcome.kind === 'shown' && final)) {
      live.forget(batchId);
    } else if (outcome.kind === 'shown' || outcome.kind === 'unfinished') {
      live.shown({ ...card, address: outcome.address }, position);
    }
  }

  return {
    bring: async (batchId, fetched) => {
      let card = fetched;
      try {
        card ??= await cards.read(batchId);
        if (card) await show(card);
        else live.forget(batchId);
      } catch (error) {
        log.error({ err: error, batchId }, 'a card could not be shown');
        const delayMs = backoffAfter(card?.attempts ?? 0);
        live.busyFor(batchId, delayMs);
        if (card && card.version > card.renderedVersion) {
          const { version } = card;
          await record(batchId, () => cards.postpone(batchId, version, delayMs));
        }
      }
    },
    giveUp: () => {
      hasGivenUp = true;
    },
  };
}

function backoffAfter(attempts: number): number {
  return Math.min(firstBackoffMs * 2 ** Math.min(attempts, 10), mostBackoffMs);
}
