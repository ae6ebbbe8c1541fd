import type { Logger } from 'pino';
import {
  type CardToShow,
  type Chat,
  type ChatPlatform,
  type FailedPost,
  type ShowOutcome,
  showInParts,
} from '../../chat/index.js';
import type { CardAddress, Engine } from '../../engine/index.js';
import { type DiscordAddress, readAddress } from './address.js';
import { type ComposedCard, createCardComposition } from './card-composition.js';
import {
  isParkingTime,
  movedTo,
  outcomeOfParked,
  type Route,
  refusalOf,
  routeOf,
  unwellRetryMs,
} from './card-route.js';
import { bytesOf, type DiscordApi, type OutgoingMessage } from './discord-api.js';
import { DiscordError, shutProblems } from './discord-errors.js';
import { type CardBuckets, channelScope, type EditBudget } from './edit-budget.js';
import { findCardMessage } from './find-card-message.js';
import { createImagePoster } from './image-poster.js';
import { nonceOf, nonceTrustMs } from './nonce.js';

export interface DiscordPlatformDependencies {
  readonly api: DiscordApi;
  readonly engine: Pick<Engine, 'readGrid' | 'readImageWithin' | 'cards'>;
  readonly chat: Pick<Chat, 'text'>;
  readonly budget: EditBudget;
  readonly now: () => Date;
  readonly log: Logger;
}

const unauthorizedRetryMs = 60_000;
const archivedRetryMs = 30_000;
/** A card whose message somebody deleted is sent anew once. */
const resendLimit = 1;

export function createDiscordPlatform(deps: DiscordPlatformDependencies): ChatPlatform {
  const { api, engine, chat, budget, now, log } = deps;
  const composition = createCardComposition({ api, engine, chat, log });
  const poster = createImagePoster({ api, engine, budget, now, log });

  async function showCard(card: CardToShow): Promise<ShowOutcome> {
    let address = readAddress(card.address);
    const parked = outcomeOfParked(card, address, now().getTime());
    if (parked) return parked;
    const parks = !card.final && isParkingTime(address, now().getTime());
    address = { ...address, parked: parks };
    let message: ComposedCard | undefined;
    for (;;) {
      const route = routeOf(address, now().getTime());
      const refusal = refusalOf(card, address, route);
      if (refusal) return refusal;
      try {
        message ??= parks
          ? composition.parked(card, address)
          : await composition.whole(card, address);
        const shownAt = await sendOpening(card, address, route, message);
        budget.edited(bucketsOf(address).card, bytesOf(message.files));
        const { imageIds } = message;
        return { kind: 'shown', address: shownAt satisfies CardAddress, imageIds };
      } catch (error) {
        if (!(error instanceof DiscordError)) throw error;
        const bare = message?.files.length && composition.withoutFiles(card, address, error);
        if (message && bare) {
          message = { ...message, ...bare };
          continue;
        }
        const next = afterFailure(error, card, address, route);
        if ('kind' in next) return next;
        // A card that was deleted with its batch meanwhile must not come back.
        if (error.problem === 'message-gone' && !(await engine.cards.read(card.batchId))) {
          return { kind: 'undeliverable', reason: error.message };
        }
        // What it was to keep went with it.
        if (error.problem === 'message-gone') message = undefined;
        log.debug(
          { batchId: card.batchId, route, reason: error.message },
          'card takes another way',
        );
        address = next;
      }
    }
  }

  /** A new state opens an archived thread again; progress leaves it as it is. */
  async function sendOpening(
    card: CardToShow,
    address: DiscordAddress,
    route: Route,
    message: OutgoingMessage,
  ): Promise<DiscordAddress> {
    try {
      return await send(card, address, route, message);
    } catch (error) {
      const isArchived = error instanceof DiscordError && error.problem === 'thread-archived';
      if (!isArchived || card.tick || card.onlyEdits) throw error;
      await api.openThread(address.channelId);
      return send(card, address, route, message);
    }
  }

  async function send(
    card: CardToShow,
    address: DiscordAddress,
    route: Route,
    message: OutgoingMessage,
  ): Promise<DiscordAddress> {
    if (route === 'original' && address.token !== null) {
      const key = {
        applicationId: address.applicationId,
        id: address.interactionId,
        token: address.token,
      };
      const { id } = await api.editOriginal(key, message);
      return { ...address, messageId: id };
    }
    if (route === 'message' && address.messageId !== null) {
      await api.editMessage(address.channelId, address.messageId, message);
      return address;
    }
    return sendNew(card, address, message);
  }

  async function sendNew(
    card: CardToShow,
    address: DiscordAddress,
    message: OutgoingMessage,
  ): Promise<DiscordAddress> {
    const direct = address.ephemeral || !address.channelReachable;
    const channelId = direct ? await api.openDirectChannel(address.userId) : address.channelId;
    const nonce = nonceOf(`${card.batchId}:${address.resends}`);
    const doubtful =
      card.sendingSince !== null && now().getTime() - card.sendingSince.getTime() > nonceTrustMs;
    const earlier =
      doubtful && card.sendingSince
        ? await findCardMessage(api, channelId, card.batchId, card.sendingSince)
        : undefined;
    if (earlier !== undefined) {
      await api.editMessage(channelId, earlier, message);
      return movedTo(address, channelId, earlier);
    }
    await card.sending();
    const known = { ...message, body: { ...message.body, nonce, enforce_nonce: true } };
    const { id } = await api.createReply(channelId, known, direct ? null : address.replyTo);
    // Nobody else knows of a message that was on its way while its batch was deleted.
    if (!(await engine.cards.read(card.batchId))) {
      await api.deleteMessage(channelId, id);
      throw new DiscordError('message-gone', 'the batch was deleted meanwhile');
    }
    // Known by its nonce, it may be the earlier try's message, which shows an earlier state.
    if (card.sendingSince !== null) await api.editMessage(channelId, id, message);
    return movedTo(address, channelId, id);
  }

  /** What ends the delivery, or the address to try next. */
  function afterFailure(
    error: DiscordError,
    card: CardToShow,
    address: DiscordAddress,
    route: Route,
  ): ShowOutcome | DiscordAddress {
    const reason = error.message;
    switch (error.problem) {
      case 'rate-limited': {
        const retryAfterMs = error.retryAfterMs ?? unwellRetryMs;
        budget.limited(bucketsOf(address).scope, retryAfterMs);
        return { kind: 'wait', retryAfterMs, reason };
      }
      case 'unwell':
      case 'unanswered':
      case 'unreachable':
        return { kind: 'later', retryAfterMs: unwellRetryMs, reason };
      case 'unauthorized':
        log.error({ reason }, 'Discord does not take the bot’s token any more');
        return { kind: 'later', retryAfterMs: unauthorizedRetryMs, reason };
      case 'interaction-over':
        if (route !== 'original') throw error;
        return { ...address, token: null };
      case 'message-gone':
        if (route === 'new-message' || address.resends >= resendLimit) {
          return { kind: 'undeliverable', reason };
        }
        return { ...address, token: null, messageId: null, resends: address.resends + 1 };
      case 'channel-gone':
      case 'forbidden':
      case 'thread-locked':
        return { kind: 'undeliverable', reason };
      case 'thread-archived':
        // For what only tells of what is gone, nobody's thread is opened.
        if (card.onlyEdits) return { kind: 'undeliverable', reason };
        return { kind: 'later', retryAfterMs: archivedRetryMs, reason };
      case 'already-acknowledged':
      case 'too-large':
      case 'refused':
        // The next state may do better; the last one has no next, and would be sent for ever.
        if (!card.final) throw error;
        log.error({ batchId: card.batchId, reason }, 'Discord refused the last state of a card');
        return { kind: 'undeliverable', reason };
    }
  }

  function failedPost(error: unknown, card: CardToShow): FailedPost {
    if (!(error instanceof DiscordError)) throw error;
    const { problem, message: reason } = error;
    const retryAfterMs = error.retryAfterMs ?? unwellRetryMs;
    if (shutProblems.includes(problem)) return { kind: 'undeliverable', reason };
    if (problem === 'rate-limited') {
      budget.limited(channelScope(readAddress(card.address).channelId), retryAfterMs);
    }
    return { kind: 'unfinished', retryAfterMs, reason };
  }

  return {
    name: 'discord',
    isOverdue: (address) => isParkingTime(readAddress(address), now().getTime()),
    readyInMs: (address, final) => budget.readyInMs(bucketsOf(readAddress(address)), final),
    show: showInParts({
      showCard,
      postImages: (card, { address, imageIds = [] }) =>
        poster.post(card, readAddress(address), imageIds),
      failedPost,
    }),
  };
}

function bucketsOf(address: DiscordAddress): CardBuckets {
  return {
    card: address.interactionId,
    channel: address.channelId,
    scope:
      address.token === null ? channelScope(address.channelId) : `interaction:${address.token}`,
  };
}
