import type { Api } from 'grammy';
import type { Logger } from 'pino';
import {
  type CardToShow,
  type ChatPlatform,
  type FailedPost,
  type ShownCard,
  type ShowOutcome,
  showInParts,
} from '../../chat/index.js';
import type { Engine } from '../../engine/index.js';
import {
  isPlaced,
  type PlacedAddress,
  readCardAddress,
  type TelegramAddress,
  toCardAddress,
} from './card-address.js';
import { createCardDelivery } from './card-delivery.js';
import { createImagePoster } from './image-poster.js';
import { type SendBudget, SendBudgetClosedError, SendBusyError } from './send-budget.js';
import { TelegramCallError, telegramFailureOf } from './telegram-errors.js';

export interface CardPlatformDeps {
  readonly api: Api;
  readonly budget: SendBudget;
  readonly engine: Engine;
  readonly log: Logger;
  readonly now: () => Date;
  readonly monotonicMs?: () => number;
}

/**
 * Shows cards. A card is born as a text and becomes a photo by an edit: an edit may be repeated
 * without harm, so that finished pictures are never posted twice (docs/decisions).
 */
export function createCardPlatform(deps: CardPlatformDeps): ChatPlatform {
  const { api, budget, engine, log, now } = deps;
  const monotonicMs = deps.monotonicMs ?? (() => performance.now());
  const delivery = createCardDelivery({ api, budget, engine, log, monotonicMs });
  const poster = createImagePoster({ api, budget, engine, log, now });
  /** Cards that stand in the chat while the rest of their first show is still to be done. */
  const placed = new Map<string, PlacedAddress>();

  const bring = async (card: CardToShow, address: TelegramAddress): Promise<PlacedAddress> => {
    if (isPlaced(address)) return delivery.edit(card, address);
    const sent = await delivery.send(card, address);
    if (card.view.picture === null && !card.final) return sent;
    placed.set(card.batchId, sent);
    await card.placed(toCardAddress(sent));
    return delivery.edit(card, sent);
  };

  const showPlaced = async (card: CardToShow): Promise<PlacedAddress> => {
    const address = placed.get(card.batchId) ?? readCardAddress(card.address);
    try {
      return await bring(card, address);
    } catch (error) {
      const next = addressAfter(error, address, card);
      // A card that was deleted with its batch meanwhile must not come back.
      if (next === undefined || !(await engine.cards.read(card.batchId))) throw error;
      placed.delete(card.batchId);
      return bring(card, next);
    }
  };

  const showCard = async (card: CardToShow): Promise<ShowOutcome> => {
    try {
      const address = await showPlaced(card);
      placed.delete(card.batchId);
      const imageIds = delivery.imageIdsOf(card, address);
      return {
        kind: 'shown',
        address: toCardAddress(address),
        ...(imageIds ? { imageIds } : {}),
      };
    } catch (error) {
      const outcome = outcomeOf(error, card);
      if (outcome === undefined) throw error;
      return outcome;
    }
  };

  const postImages = async (card: CardToShow, shown: ShownCard): Promise<boolean> => {
    const address = readCardAddress(shown.address);
    return isPlaced(address) && poster.post(card, address);
  };

  const forget = (batchId: string) => {
    placed.delete(batchId);
    delivery.forget(batchId);
  };

  const show = showInParts({ showCard, postImages, failedPost });

  return {
    name: 'telegram',

    readyInMs(cardAddress, final) {
      const { chatId, messageId, replyTo } = readCardAddress(cardAddress);
      const cardKey = messageId === null ? `after ${replyTo}` : `${messageId}`;
      const use = final ? 'final' : messageId === null ? 'answer' : 'progress';
      return budget.readyInMs(chatId, cardKey, use);
    },

    async show(card): Promise<ShowOutcome> {
      const outcome = await show(card);
      const isOver = outcome.kind === 'shown' && card.final;
      if (isOver || outcome.kind === 'undeliverable') forget(card.batchId);
      return outcome;
    },
  };
}

function failedPost(error: unknown, card: CardToShow): FailedPost {
  const outcome = outcomeOf(error, card);
  if (outcome?.kind === 'undeliverable') return outcome;
  const kind = telegramFailureOf(error)?.kind;
  if (outcome === undefined && kind === undefined) throw error;
  return {
    kind: 'unfinished',
    retryAfterMs: outcome && 'retryAfterMs' in outcome ? outcome.retryAfterMs : 0,
    reason: error instanceof Error ? error.message : String(error),
    // A moved chat is found out, and mended, by the next edit of the card.
    hasLostCard: kind === 'moved',
  };
}

/** Where to try once more after a failure that says so; undefined where that does not help. */
function addressAfter(
  error: unknown,
  address: TelegramAddress,
  card: CardToShow,
): TelegramAddress | undefined {
  const failure = telegramFailureOf(error);
  const anew = { ...address, messageId: null, form: null, picture: null };
  switch (failure?.kind) {
    case 'moved':
      return { ...anew, chatId: failure.chatId, replyTo: null };
    case 'message-gone':
      // Progress alone is no reason to bring back what somebody has deleted.
      return address.resent || card.tick || card.onlyEdits ? undefined : { ...anew, resent: true };
    case 'other-form':
      return { ...address, form: address.form === 'photo' ? 'text' : 'photo' };
    default:
      return undefined;
  }
}

/** What a failed show means to the renderer. Undefined: it is a defect. */
function outcomeOf(error: unknown, card: CardToShow): ShowOutcome | undefined {
  if (error instanceof SendBusyError) {
    return { kind: 'wait', retryAfterMs: error.retryAfterMs, reason: 'the chat is busy' };
  }
  if (error instanceof SendBudgetClosedError) {
    return { kind: 'wait', retryAfterMs: 1000, reason: 'the bot is stopping' };
  }
  if (!(error instanceof TelegramCallError)) return undefined;
  const { failure, reason } = error;
  switch (failure.kind) {
    case 'rate-limited':
      return { kind: 'wait', retryAfterMs: failure.retryAfterMs, reason };
    case 'doubtful':
    case 'unreachable':
      return { kind: 'later', retryAfterMs: 1000, reason };
    case 'unauthorized':
    case 'conflict':
      return { kind: 'later', retryAfterMs: 30_000, reason };
    case 'message-gone':
      return card.tick
        ? { kind: 'later', retryAfterMs: 30_000, reason }
        : { kind: 'undeliverable', reason };
    case 'undeliverable':
      return { kind: 'undeliverable', reason };
    default:
      return undefined;
  }
}
