import { setTimeout as sleep } from 'node:timers/promises';
import {
  type APIInteractionResponse,
  type APIModalInteractionResponseCallbackData,
  InteractionResponseType,
  MessageFlags,
} from 'discord.js';
import type { Logger } from 'pino';
import type { DiscordAddress } from './address.js';
import type { DiscordApi, InteractionKey, OutgoingMessage } from './discord-api.js';
import { DiscordError, shutProblems } from './discord-errors.js';
import { passingProblems, repeat, untouchedProblems } from './repeat.js';
import { textMessage } from './text-message.js';

/**
 * How an interaction was acknowledged. `new-message`: Discord shows 'thinking', which `@original`
 * then names. `message-kept`: the message with the button stays, and `@original` names that one.
 */
type Acknowledgement =
  | {
      readonly kind: 'new-message';
      readonly private: boolean;
      /** False where another answer may have been taken before, or where none may stand yet. */
      readonly certain: boolean;
    }
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
  /** An earlier process may have answered already, in a way that nobody wrote down. */
  readonly resumed: boolean;
  readonly now: () => Date;
}

/** Milliseconds between two tries of a first answer. */
const retryMs = 200;
/** Milliseconds that a try has at least, also at a restart when the time for it has passed. */
const leastTryMs = 1000;

/** `doubtful`: Discord may have taken this answer, or an earlier process's. */
type Receipt = 'taken' | 'doubtful' | 'too-late';

export type InteractionAnswer = ReturnType<typeof createInteractionAnswer>;

/**
 * The one answer that an interaction gets, whatever is said first: a deferral, a text, nothing.
 * https://discord.com/developers/docs/interactions/receiving-and-responding
 */
export function createInteractionAnswer(options: InteractionAnswerOptions) {
  const { api, key, address, log, opens, answerBy, resumed, now } = options;
  let acknowledging: Promise<Acknowledgement> | undefined;
  let acknowledged: Acknowledgement | undefined;
  let messageId: string | null = null;
  /** Further messages follow the first. */
  let hasSpoken = false;
  /** What was said by another way than the interaction. */
  let messagesElsewhere = 0;

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
    const receipt = await respond(
      opens === 'message-kept'
        ? { type: InteractionResponseType.DeferredMessageUpdate }
        : { type: InteractionResponseType.DeferredChannelMessageWithSource, ...data },
    );
    if (receipt === 'too-late') return { kind: receipt };
    if (opens === 'message-kept') return { kind: opens };
    return { kind: opens, private: isPrivate, certain: receipt === 'taken' };
  }

  /** A callback may be repeated: it is taken once, and from then on said to have been taken. */
  async function respond(response: APIInteractionResponse): Promise<Receipt> {
    for (;;) {
      try {
        const leftMs = Math.max(answerBy - now().getTime(), leastTryMs);
        messageId = await api.respond(key, response, { signal: AbortSignal.timeout(leftMs) });
        return 'taken';
      } catch (error) {
        if (!(error instanceof DiscordError)) throw error;
        if (error.problem === 'already-acknowledged') return resumed ? 'doubtful' : 'taken';
        const waitMs = error.retryAfterMs ?? retryMs;
        const inTime = now().getTime() + waitMs < answerBy;
        const isPassing = passingProblems.includes(error.problem);
        if (!inTime || !isPassing) {
          log.warn({ interactionId: key.id, reason: error.message }, 'interaction not answered');
          return isPassing ? 'doubtful' : 'too-late';
        }
        await sleep(waitMs);
      }
    }
  }

  type Message = (isPrivate: boolean) => OutgoingMessage;

  /** For the asker's eyes only, where asked so, whatever was acknowledged before. */
  async function say(message: Message, isPrivate: boolean): Promise<void> {
    const saying = async () => {
      if (acknowledging !== undefined) await sayAfter(await acknowledging, message, isPrivate);
      else await sayFirst(message, isPrivate);
    };
    await orElsewhere(saying, message, isPrivate);
  }

  /** The interaction may be over meanwhile, or take no further messages (40094). */
  async function orElsewhere(
    saying: () => Promise<void>,
    message: Message,
    isPrivate: boolean,
  ): Promise<void> {
    try {
      await saying();
    } catch (error) {
      if (!(error instanceof DiscordError) || error.problem !== 'interaction-over') throw error;
      await sayElsewhere(message, isPrivate);
    }
  }

  async function sayFirst(message: Message, isPrivate: boolean): Promise<void> {
    const type = InteractionResponseType.ChannelMessageWithSource;
    const response = { type, data: message(isPrivate).body } as APIInteractionResponse;
    const responding = respond(response);
    acknowledging = responding.then((receipt) =>
      receipt === 'too-late'
        ? { kind: receipt }
        : { kind: 'new-message', private: isPrivate, certain: receipt === 'taken' },
    );
    const receipt = await responding;
    if (receipt === 'taken') return;
    if (receipt === 'too-late') return sayElsewhere(message, isPrivate);
    // Without an earlier process, `@original` is this very text or nothing: an edit is harmless.
    if (!resumed) return editOriginal(message);
    await sayAfter(
      opens === 'message-kept'
        ? { kind: opens }
        : { kind: opens, private: isPrivate, certain: false },
      message,
      isPrivate,
    );
  }

  async function sayAfter(
    before: Acknowledgement,
    message: Message,
    isPrivate: boolean,
  ): Promise<void> {
    if (before.kind === 'too-late') return sayElsewhere(message, isPrivate);
    if (before.kind === 'message-kept') return followUp(message(isPrivate));
    if (isPrivate && !(before.private && before.certain)) {
      await deleteOriginal();
      return followUp(message(true));
    }
    // The deferral has decided who sees the message; an edit takes no such flag.
    await editOriginal(message);
  }

  async function editOriginal(message: Message): Promise<void> {
    await repeat(() => api.editOriginal(key, message(false)), passingProblems);
  }

  /** Discord forgot the interaction: the channel when all may read it, else a direct message. */
  async function sayElsewhere(message: Message, isPrivate: boolean): Promise<void> {
    if (isPrivate || !address.channelReachable) return sayDirectly(message);
    try {
      await createMessage(address.channelId, message);
    } catch (error) {
      if (!(error instanceof DiscordError) || !shutProblems.includes(error.problem)) throw error;
      await sayDirectly(message);
    }
  }

  async function sayDirectly(message: Message): Promise<void> {
    const channelId = await repeat(() => api.openDirectChannel(address.userId), passingProblems);
    await createMessage(channelId, message);
  }

  /** The nonce keeps a repetition, also one after a restart, from being posted twice. */
  async function createMessage(channelId: string, message: Message): Promise<void> {
    const { body, files } = message(false);
    const nonce = messagesElsewhere === 0 ? key.id : `${key.id}.${messagesElsewhere}`;
    messagesElsewhere += 1;
    const known = { body: { ...body, nonce, enforce_nonce: true }, files };
    await repeat(() => api.createMessage(channelId, known), passingProblems);
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
      // An earlier process may have said something already, of whatever form.
      say((hidden) => textMessage(text, { private: hidden, inComponents: resumed }), isPrivate),

    /** Brings up a modal. False: it is too late for one, and nothing was said. */
    async modal(data: APIModalInteractionResponseCallbackData): Promise<boolean> {
      if (acknowledging !== undefined) return false;
      const responding = respond({ type: InteractionResponseType.Modal, data });
      // A modal is no message: whatever is said after it goes another way.
      acknowledging = responding.then(() => ({ kind: 'too-late' }));
      return (await responding) !== 'too-late';
    },

    /** For an interaction whose token is over: by the bot's own token. @throws DiscordError */
    textElsewhere: (text: string, isPrivate: boolean): Promise<void> =>
      sayElsewhere((hidden) => textMessage(text, { private: hidden }), isPrivate),

    /** A message of any form; one with files takes long, and Discord hears first that it comes. */
    async message(message: Message, isPrivate: boolean): Promise<void> {
      if (message(isPrivate).files.length > 0) await acknowledge(isPrivate);
      await say(message, isPrivate);
    },

    /** In place of the message that the button sits on. */
    async replaceMessage(message: Message, isPrivate: boolean): Promise<void> {
      const { kind } = await acknowledge(isPrivate);
      if (kind === 'message-kept') return editOriginal(message);
      await say(message, isPrivate);
    },

    /** For the asker alone. Uploads take long: Discord hears first that they come. */
    async privately(message: OutgoingMessage): Promise<void> {
      const before = await acknowledge(true);
      const either = (hidden: boolean) => (hidden ? message : withoutPrivacy(message));
      if (!hasSpoken || before.kind === 'too-late') {
        hasSpoken = true;
        return say(either, true);
      }
      await orElsewhere(() => followUp(message), either, true);
    },

    /** Takes away the message that the button sits on. */
    async deleteMessage(sourceId: string | undefined): Promise<void> {
      const { kind } = await acknowledge(false);
      if (kind === 'message-kept') return deleteOriginal();
      if (sourceId !== undefined) await api.deleteMessage(address.channelId, sourceId);
    },
  };
}

/** An edit takes no such flag: the message that it edits has it already. */
function withoutPrivacy({ body, files }: OutgoingMessage): OutgoingMessage {
  const flags = Number(body.flags ?? 0) & ~MessageFlags.Ephemeral;
  return { body: { ...body, flags }, files };
}
