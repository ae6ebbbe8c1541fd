import { setTimeout as sleep } from 'node:timers/promises';
import { type APIInteraction, InteractionType } from 'discord.js';
import type { Logger } from 'pino';
import {
  type Chat,
  type ChatRequest,
  decodeButton,
  type Intent,
  type Reply,
} from '../../chat/index.js';
import { type Engine, type ImageLinks, RecordUnavailableError } from '../../engine/index.js';
import type { AttachmentSource } from './attachments.js';
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

/** Milliseconds that the record has to take an interaction down. */
const recordPatienceMs = 2000;
const firstAnswerWithinMs = 2800;
/** Milliseconds between tries to close an inbox row, and how many. */
const closePauseMs = 2000;
const closeAttempts = 30;
const rememberedInteractions = 5000;

export type InteractionHandler = ReturnType<typeof createInteractionHandler>;

/** From an interaction to its answer; each is written down before anything else is done. */
export function createInteractionHandler(deps: InteractionHandlerDependencies) {
  const { api, engine, chat, attachments, links, now, log } = deps;
  const intents = createIntentReader({ inbox: engine.inbox, attachments });
  const delivery = createReplyDelivery({ api, engine, chat, intents, links, now, log });
  const underway = new Map<string, Promise<void>>();
  /** What this process has dealt with lately; its rows may still look open to a reader. */
  const taken = new Set<string>();

  function once(id: string, work: () => Promise<void>): void {
    if (taken.has(id)) return;
    taken.add(id);
    for (const oldest of taken) {
      if (taken.size <= rememberedInteractions) break;
      taken.delete(oldest);
    }
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
    let receipt: 'kept' | 'known' | 'not-kept';
    try {
      receipt = await writeDown(interaction);
    } catch (err) {
      return apologize(interaction, pending, err);
    }
    if (receipt === 'known') return;
    if (receipt === 'kept') return answer(interaction, pending);
    log.warn({ interactionId: interaction.id }, 'the record is away, nothing was kept');
    await pending.text(chat.text(pending.cardAddress().locale, 'busy'), true);
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

  async function writeDown(interaction: AskingInteraction): Promise<'kept' | 'known' | 'not-kept'> {
    const { id } = interaction;
    const writing = engine.inbox.receive('discord', id, interaction);
    const patience = new AbortController();
    try {
      const receipt = await Promise.race([
        writing,
        sleep(recordPatienceMs, undefined, { signal: patience.signal }),
      ]);
      if (receipt) return receipt.isNew ? 'kept' : 'known';
      // The user hears that nothing was kept, so a row that comes later must not be acted on.
      writing.then(
        () => close(id),
        () => {
          // Nothing was written, as the user was told.
        },
      );
      return 'not-kept';
    } catch (error) {
      if (error instanceof RecordUnavailableError) return 'not-kept';
      throw error;
    } finally {
      patience.abort();
    }
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
    if (reply.kind !== 'card') await close(interaction.id);
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
      ...(pressedCard ? { pressedCard } : {}),
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

  /** The record may be away for a moment; a row left open would be answered again at start. */
  async function close(id: string): Promise<void> {
    for (let attempt = 1; attempt <= closeAttempts; attempt++) {
      try {
        return await engine.inbox.close('discord', id);
      } catch (error) {
        if (attempt === closeAttempts) throw error;
        await sleep(closePauseMs, undefined, { ref: false });
      }
    }
  }

  return {
    /** A new interaction from the gateway. */
    take(interaction: APIInteraction): void {
      if (isAsking(interaction)) once(interaction.id, () => arrive(interaction));
      else log.warn({ interactionType: interaction.type }, 'an interaction of no known use');
    },

    /** Answers what an earlier process took down and left open. @throws RecordUnavailableError */
    async resume(): Promise<void> {
      for (const { key, payload, receivedAt } of await engine.inbox.open('discord')) {
        const interaction = payload as APIInteraction;
        const isAlive = now().getTime() - receivedAt.getTime() < tokenLifeMs;
        if (isAlive && isAsking(interaction)) {
          log.info({ interactionId: key }, 'answering an interaction left open');
          once(key, () => answer(interaction, answerTo(interaction, receivedAt, true)));
        } else {
          log.warn({ interactionId: key, receivedAt }, 'an interaction left open is too old');
          once(key, () => (isAsking(interaction) ? regret(interaction, receivedAt) : close(key)));
        }
      }
    },

    /** Resolves when all that was taken is answered. */
    async settled(): Promise<void> {
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
