import { type APIInteraction, InteractionType } from 'discord.js';
import type { Logger } from 'pino';
import {
  type Chat,
  type ChatRequest,
  createUpdateReceipts,
  decodeButton,
  hasClosedRequest,
  type Intent,
  type Receipt,
  type Reply,
} from '../../chat/index.js';
import {
  type Engine,
  type ImageLinks,
  type LeftUpdate,
  RecordUnavailableError,
} from '../../engine/index.js';
import { readAddress } from './address.js';
import type { AttachmentSource } from './attachments.js';
import { isOnlyWay } from './card-route.js';
import type { DiscordApi } from './discord-api.js';
import { DiscordError } from './discord-errors.js';
import {
  type AskingInteraction,
  addressOf,
  identityOf,
  isAsking,
  looksPrivate,
  managesScope,
  missingPermissions,
  pressedCardOf,
  scopeOf,
  tokenLifeMs,
} from './interaction.js';
import { createInteractionAnswer, type InteractionAnswer } from './interaction-answer.js';
import { createIntentReader } from './interaction-intent.js';
import { placeOf } from './place.js';
import { createReplyDelivery } from './reply-delivery.js';

export interface InteractionHandlerDependencies {
  readonly api: DiscordApi;
  readonly engine: Pick<
    Engine,
    'inbox' | 'readGrid' | 'readImage' | 'readImageWithin' | 'readArchives'
  >;
  readonly chat: Pick<Chat, 'handle' | 'opensForm' | 'text'>;
  readonly attachments: AttachmentSource;
  readonly links: ImageLinks | null;
  readonly now: () => Date;
  readonly log: Logger;
}

const firstAnswerWithinMs = 2800;
const rememberedInteractions = 5000;

export type InteractionHandler = ReturnType<typeof createInteractionHandler>;

/** From an interaction to its answer; each is written down before anything else is done. */
export function createInteractionHandler(deps: InteractionHandlerDependencies) {
  const { api, engine, chat, attachments, links, now, log } = deps;
  const intents = createIntentReader({ inbox: engine.inbox, attachments });
  const delivery = createReplyDelivery({ api, engine, chat, intents, links, now, log });
  const receipts = createUpdateReceipts({ inbox: engine.inbox, platform: 'discord', log });
  const underway = new Map<string, Promise<void>>();
  /** What arrived here lately. */
  const arrived = new Set<string>();

  function isRepeated(id: string): boolean {
    if (arrived.has(id)) return true;
    arrived.add(id);
    for (const oldest of arrived) {
      if (arrived.size <= rememberedInteractions) break;
      arrived.delete(oldest);
    }
    return false;
  }

  function begin(id: string, work: () => Promise<void>): void {
    const done = work()
      .catch((error: unknown) => {
        const reason = error instanceof DiscordError ? { reason: error.message } : { err: error };
        log.error({ interactionId: id, ...reason }, 'interaction not answered');
      })
      .finally(() => underway.delete(id));
    underway.set(id, done);
  }

  async function arrive(interaction: AskingInteraction): Promise<void> {
    const pending = answerTo(interaction, now(), false);
    let receipt: Receipt;
    try {
      receipt = await receipts.take(interaction.id, interaction);
    } catch (err) {
      return apologize(interaction, pending, err);
    }
    if (receipt.kind === 'new') await answer(interaction, pending);
    if (receipt.kind === 'not-kept') await receipt.refuse(sayBusy(pending));
  }

  async function sayBusy(pending: InteractionAnswer): Promise<true> {
    await pending.text(chat.text(pending.cardAddress().locale, 'busy'), true);
    return true;
  }

  /** Nothing came of it before its token was over: its sender hears so by another way. */
  async function regret(interaction: AskingInteraction, receivedAt: Date): Promise<void> {
    try {
      const pending = answerTo(interaction, receivedAt, true);
      const text = chat.text(pending.cardAddress().locale, 'busy');
      await pending.textElsewhere(text, looksPrivate(interaction));
    } catch (error) {
      if (!(error instanceof DiscordError)) throw error;
      log.warn({ interactionId: interaction.id, reason: error.message }, 'regret not delivered');
    }
    await receipts.close(interaction.id);
  }

  /** A defect is no reason for silence. */
  async function apologize(
    { id }: AskingInteraction,
    pending: InteractionAnswer,
    err: unknown,
  ): Promise<void> {
    log.error({ interactionId: id, err }, 'a defect in answering an interaction');
    await pending.text(chat.text(pending.cardAddress().locale, 'defect', { id }), true);
  }

  async function answer(interaction: AskingInteraction, pending: InteractionAnswer): Promise<void> {
    let reply: Reply;
    try {
      reply = await replyTo(interaction, pending);
    } catch (err) {
      await apologize(interaction, pending, err);
      return receipts.close(interaction.id);
    }
    try {
      if (reply.kind === 'form' && (await delivery.form(interaction, pending, reply.form))) return;
      await delivery.reply(interaction, pending, reply);
    } catch (error) {
      if (!(error instanceof DiscordError)) await apologize(interaction, pending, error);
      else
        log.warn({ interactionId: interaction.id, reason: error.message }, 'reply not delivered');
    }
    if (!hasClosedRequest(reply)) await receipts.close(interaction.id);
  }

  async function replyTo(
    interaction: AskingInteraction,
    pending: InteractionAnswer,
  ): Promise<Reply> {
    const sayPrivately = (key: string): Reply => {
      const text = chat.text(pending.cardAddress().locale, key);
      return { kind: 'text', text, private: true };
    };
    let intent: Intent | undefined;
    try {
      intent = await intents.read(interaction);
    } catch (error) {
      if (error instanceof RecordUnavailableError) return sayPrivately('busy');
      throw error;
    }
    if (!intent) return sayPrivately('form-expired');
    return chat.handle(requestOf(interaction, pending, intent));
  }

  function answerTo(
    interaction: AskingInteraction,
    receivedAt: Date,
    resumed: boolean,
  ): InteractionAnswer {
    const { application_id: applicationId, id, token } = interaction;
    return createInteractionAnswer({
      api,
      key: { applicationId, id, token },
      address: addressOf(interaction, receivedAt),
      log,
      opens: opensMessage(interaction) ? 'new-message' : 'message-kept',
      answerBy: receivedAt.getTime() + firstAnswerWithinMs,
      resumed,
      now,
    });
  }

  function requestOf(
    interaction: AskingInteraction,
    pending: InteractionAnswer,
    intent: Intent,
  ): ChatRequest {
    const pressedCard = pressedCardOf(interaction, pending.cardAddress());
    return {
      ...(pressedCard
        ? {
            pressedCard: {
              address: pressedCard,
              isOnlyWayTo: (present) =>
                isOnlyWay(pressedCard, readAddress(present), now().getTime()),
            },
          }
        : {}),
      missingPermissions: missingPermissions(interaction),
      platform: 'discord',
      updateKey: interaction.id,
      identity: identityOf(interaction),
      scopeId: scopeOf(interaction),
      place: placeOf(interaction, api, log),
      get address() {
        return pending.cardAddress();
      },
      managesScope: async () => managesScope(interaction),
      intent,
      acknowledge: (options) => pending.acknowledge(options.private),
    };
  }

  /** The sender of one that nobody can answer any more hears so. */
  function giveUp({ key, payload, receivedAt, takeovers }: LeftUpdate): void {
    if (underway.has(key)) return;
    const interaction = payload as APIInteraction;
    log.warn({ interactionId: key, receivedAt, takeovers }, 'an interaction is given up');
    const isTold = isAsking(interaction);
    begin(key, () => (isTold ? regret(interaction, receivedAt) : receipts.close(key)));
  }

  return {
    /** A new interaction from the gateway. */
    take(interaction: APIInteraction): void {
      if (!isAsking(interaction)) {
        log.warn({ interactionType: interaction.type }, 'an interaction of no known use');
      } else if (!isRepeated(interaction.id)) {
        begin(interaction.id, () => arrive(interaction));
      }
    },

    /** Answers what another process took down and left open, or this one could not close. */
    takeUp(left: LeftUpdate): void {
      const { key, payload, receivedAt } = left;
      if (underway.has(key)) return;
      const interaction = payload as APIInteraction;
      const isAlive = now().getTime() - receivedAt.getTime() < tokenLifeMs;
      if (isAlive && isAsking(interaction)) {
        log.info({ interactionId: key }, 'answering an interaction left open');
        begin(key, () => answer(interaction, answerTo(interaction, receivedAt, true)));
      } else giveUp(left);
    },

    giveUp,

    inHand: (): string[] => [...underway.keys()],

    /** Resolves when all that was taken is answered, and closed where the record is there. */
    async stop(): Promise<void> {
      receipts.stop();
      await Promise.all(underway.values());
    },
  };
}

/** Commands, and the buttons whose answer is a card or message of its own. */
function opensMessage(interaction: AskingInteraction): boolean {
  if (interaction.type !== InteractionType.MessageComponent) return true;
  const action = decodeButton(interaction.data.custom_id);
  return (
    action !== undefined &&
    !['cancel', 'retry', 'delete', 'history', 'send-again', 'fetch'].includes(action.kind)
  );
}
