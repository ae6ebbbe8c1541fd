import { setTimeout as sleep } from 'node:timers/promises';
import { type APIInteraction, InteractionType } from 'discord.js';
import type { Logger } from 'pino';
import {
  type Chat,
  type ChatRequest,
  decodeButton,
  hasClosedRequest,
  type Intent,
  type Reply,
  receivedInTime,
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
/** Milliseconds between tries to close an inbox row. */
const closePauseMs = 2000;
/** One that was left so often may be what takes processes down. */
const mostTakeovers = 3;
const rememberedInteractions = 5000;

export type InteractionHandler = ReturnType<typeof createInteractionHandler>;

/** From an interaction to its answer; each is written down before anything else is done. */
export function createInteractionHandler(deps: InteractionHandlerDependencies) {
  const { api, engine, chat, attachments, links, now, log } = deps;
  const intents = createIntentReader({ inbox: engine.inbox, attachments });
  const delivery = createReplyDelivery({ api, engine, chat, intents, links, now, log });
  const underway = new Map<string, Promise<void>>();
  /** What arrived here lately. */
  const arrived = new Set<string>();
  const stopped = new AbortController();

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
    const writing = engine.inbox.receive('discord', interaction.id, interaction);
    let receipt: Receipt | undefined;
    try {
      receipt = await receivedInTime(writing);
    } catch (err) {
      return apologize(interaction, pending, err);
    }
    if (!receipt) return refuse(interaction, pending, writing);
    if (receipt.isNew) await answer(interaction, pending);
  }

  /** The user hears that nothing was kept, so a row that is there after all must not be acted on. */
  async function refuse(
    { id }: AskingInteraction,
    pending: InteractionAnswer,
    writing: Promise<Receipt>,
  ): Promise<void> {
    log.warn({ interactionId: id }, 'the record is away, nothing was kept');
    const written = writing.catch(() => undefined);
    await pending.text(chat.text(pending.cardAddress().locale, 'busy'), true);
    const isAnothers = (await written)?.isNew === false;
    if (!isAnothers) await untilRecorded(() => engine.inbox.refuse('discord', id));
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
    await close(interaction.id);
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
      return close(interaction.id);
    }
    try {
      if (reply.kind === 'form' && (await delivery.form(interaction, pending, reply.form))) return;
      await delivery.reply(interaction, pending, reply);
    } catch (error) {
      if (!(error instanceof DiscordError)) await apologize(interaction, pending, error);
      else
        log.warn({ interactionId: interaction.id, reason: error.message }, 'reply not delivered');
    }
    if (!hasClosedRequest(reply)) await close(interaction.id);
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

  const close = (id: string) => untilRecorded(() => engine.inbox.close('discord', id));

  /**
   * The record may be away for a while; a row left open would be answered again. What the bot leaves
   * so when it stops is taken up after it.
   */
  async function untilRecorded(write: () => Promise<void>): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await write();
      } catch (err) {
        if (stopped.signal.aborted) throw err;
        if (failures === 1) log.warn({ err }, 'an answered interaction cannot be closed yet');
        await sleep(closePauseMs, undefined, { signal: stopped.signal, ref: false }).catch(() => {
          // Stopped: one last try.
        });
      }
    }
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
    takeUp({ key, payload, receivedAt, takeovers }: LeftUpdate): void {
      if (underway.has(key)) return;
      const interaction = payload as APIInteraction;
      const isAlive = now().getTime() - receivedAt.getTime() < tokenLifeMs;
      if (isAlive && isAsking(interaction) && takeovers <= mostTakeovers) {
        log.info({ interactionId: key }, 'answering an interaction left open');
        begin(key, () => answer(interaction, answerTo(interaction, receivedAt, true)));
      } else {
        log.warn({ interactionId: key, receivedAt, takeovers }, 'an interaction is given up');
        begin(key, () => (isAsking(interaction) ? regret(interaction, receivedAt) : close(key)));
      }
    },

    inHand: (): string[] => [...underway.keys()],

    /** Resolves when all that was taken is answered, and closed where the record is there. */
    async stop(): Promise<void> {
      stopped.abort();
      await Promise.all(underway.values());
    },
  };
}

type Receipt = Awaited<ReturnType<Engine['inbox']['receive']>>;

/** Commands, and the buttons whose answer is a card or message of its own. */
function opensMessage(interaction: AskingInteraction): boolean {
  if (interaction.type !== InteractionType.MessageComponent) return true;
  const action = decodeButton(interaction.data.custom_id);
  return (
    action !== undefined &&
    !['cancel', 'retry', 'delete', 'history', 'send-again', 'fetch'].includes(action.kind)
  );
}
