import { setTimeout as sleep } from 'node:timers/promises';
import { type APIInteractionResponse, InteractionResponseType, MessageFlags } from 'discord.js';
import type { Logger } from 'pino';
import type { DiscordAddress } from './address.js';
import type { DiscordApi, InteractionKey, OutgoingMessage } from './discord-api.js';
import { DiscordError } from './discord-errors.js';
import { passingProblems, repeat, untouchedProblems } from './repeat.js';
import { textMessage } from './text-message.js';

/**
 * How an interaction was acknowledged. `new-message`: Discord shows 'thinking', which `@original`
 * then names. `message-kept`: the message with the button stays, and `@original` names that one.
 */
type Acknowledgement =
  | { readonly kind: 'new-message'; readonly private: boolean }
  | { readonly kind: 'message-kept' }
  /** Discord no longer takes an answer. */
  | { readonly kind: 'too-late' };

export interface InteractionAnswerOptions {
  readonly api: DiscordApi;
  readonly key: InteractionKey;
  /** Where the request came from. */
  readonly address: DiscordAddress;
  readonly log: Logger;
  /** Whether an acknowledgement opens a new message, or leaves the button's message alone. */
  readonly opens: 'new-message' | 'message-kept';
  /** Milliseconds since 1970. Discord waits 3 s for a first answer. */
  readonly answerBy: number;
  readonly now: () => Date;
}

/** Milliseconds between two tries of a first answer. */
const retryMs = 200;

export type InteractionAnswer = ReturnType<typeof createInteractionAnswer>;

/**
 * The one answer that an interaction gets, whatever is said first: a deferral, a text, nothing.
 * https://discord.com/developers/docs/interactions/receiving-and-responding
 */
export function createInteractionAnswer(options: InteractionAnswerOptions) {
  const { api, key, address, log, opens, answerBy, now } = options;
  let acknowledging: Promise<Acknowledgement> | undefined;
  let acknowledged: Acknowledgement | undefined;
  let messageId: string | null = null;

  /** Idempotent. Resolves in any case: where Discord is gone, the card takes another way. */
  function acknowledge(isPrivate: boolean): Promise<Acknowledgement> {
    acknowledging ??= defer(isPrivate).then((result) => {
      acknowledged = result;
      return result;
    });
    return acknowledging;
  }

  async function defer(isPrivate: boolean): Promise<Acknowledgement> {
    const data = isPrivate ? { data: { flags: MessageFlags.Ephemeral } as const } : {};
    const taken = await respond(
      opens === 'message-kept'
        ? { type: InteractionResponseType.DeferredMessageUpdate }
        : { type: InteractionResponseType.DeferredChannelMessageWithSource, ...data },
    );
    if (!taken) return { kind: 'too-late' };
    return opens === 'message-kept' ? { kind: opens } : { kind: opens, private: isPrivate };
  }

  /** A callback may be repeated: it is taken once, and from then on said to have been taken. */
  async function respond(response: APIInteractionResponse): Promise<boolean> {
    for (;;) {
      try {
        messageId = await api.respond(key, response);
        return true;
      } catch (error) {
        if (!(error instanceof DiscordError)) throw error;
        if (error.problem === 'already-acknowledged') return true;
        const waitMs = error.retryAfterMs ?? retryMs;
        const inTime = now().getTime() + waitMs < answerBy;
        if (!inTime || !passingProblems.includes(error.problem)) {
          log.warn({ interactionId: key.id, reason: error.message }, 'interaction not answered');
          return false;
        }
        await sleep(waitMs);
      }
    }
  }

  type Message = (isPrivate: boolean) => OutgoingMessage;

  /** For the asker's eyes only, where asked so, whatever was acknowledged before. */
  async function say(message: Message, isPrivate: boolean): Promise<void> {
    if (!acknowledging) {
      const type = InteractionResponseType.ChannelMessageWithSource;
      const response = { type, data: message(isPrivate).body } as APIInteractionResponse;
      acknowledging = respond(response).then((taken) =>
        taken ? { kind: 'new-message', private: isPrivate } : { kind: 'too-late' },
      );
      const { kind } = await acknowledging;
      return kind === 'too-late' ? sayElsewhere(message, isPrivate) : undefined;
    }
    const before = await acknowledging;
    if (before.kind === 'too-late') return sayElsewhere(message, isPrivate);
    if (before.kind === 'message-kept') return followUp(message(isPrivate));
    if (isPrivate && !before.private) {
      await deleteOriginal();
      return followUp(message(true));
    }
    // The deferral has decided who sees the message; an edit takes no such flag.
    await repeat(() => api.editOriginal(key, message(false)), passingProblems);
  }

  /** Discord forgot the interaction: a direct message, or the channel when all may read it. */
  async function sayElsewhere(message: Message, isPrivate: boolean): Promise<void> {
    const direct = isPrivate || !address.channelReachable;
    const channelId = direct ? await api.openDirectChannel(address.userId) : address.channelId;
    await repeat(() => api.createMessage(channelId, message(false)), untouchedProblems);
  }

  async function followUp(message: OutgoingMessage): Promise<void> {
    await repeat(() => api.followUp(key, message), untouchedProblems);
  }

  async function deleteOriginal(): Promise<void> {
    try {
      await repeat(() => api.deleteOriginal(key), passingProblems);
    } catch (error) {
      if (!(error instanceof DiscordError) || error.problem !== 'message-gone') throw error;
    }
  }

  return {
    acknowledge: async (isPrivate: boolean): Promise<void> => {
      await acknowledge(isPrivate);
    },

    /** Where a card stands that answers this: `@original` only when that is a message of its own. */
    cardAddress(): DiscordAddress {
      if (!acknowledged) return address;
      if (acknowledged.kind !== 'new-message') return { ...address, token: null };
      return { ...address, ephemeral: acknowledged.private, messageId };
    },

    text: (text: string, isPrivate: boolean): Promise<void> =>
      say((hidden) => textMessage(text, { private: hidden }), isPrivate),

    /** Uploads take long: Discord hears first that they come. */
    async files(files: OutgoingMessage['files']): Promise<void> {
      await acknowledge(true);
      await say((hidden) => ({ ...textMessage('', { private: hidden }), files }), true);
    },

    /** Takes away the message that the button sits on. */
    async deleteMessage(sourceId: string | undefined): Promise<void> {
      const { kind } = await acknowledge(false);
      if (kind === 'message-kept') return deleteOriginal();
      if (sourceId !== undefined) await api.deleteMessage(address.channelId, sourceId);
    },
  };
}
