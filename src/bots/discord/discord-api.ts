import {
  type APIChannel,
  type APIInteractionResponse,
  type APIMessage,
  MessageFlags,
  type RawFile,
  REST,
  RESTEvents,
  type RESTOptions,
  type RESTPostAPIInteractionCallbackWithResponseResult,
  type RESTPutAPIApplicationCommandsJSONBody,
  Routes,
} from 'discord.js';
import { DiscordError, translateDiscordError } from './discord-errors.js';

/** A message's body and the files that its `attachment://` addresses name. */
export interface OutgoingMessage {
  readonly body: Readonly<Record<string, unknown>>;
  readonly files: readonly RawFile[];
}

/** What answers an interaction: its id and its token, which lives 15 minutes. */
export interface InteractionKey {
  readonly applicationId: string;
  readonly id: string;
  readonly token: string;
}

/** What Discord said is left of a bucket after a request in it. */
export interface BucketState {
  readonly scope: string;
  readonly remaining: number;
  readonly resetAfterMs: number;
}

export interface DiscordApiOptions {
  readonly token: string;
  /** Ends in `/api`. */
  readonly apiUrl: string;
  readonly onBucket?: (state: BucketState) => void;
}

export type DiscordApi = ReturnType<typeof createDiscordApi>;

/** Milliseconds. */
const requestTimeoutMs = 30_000;
/** For an edit without files: its card is stale until another try, and a try repeated does no harm. */
const editTimeoutMs = 10_000;
/**
 * Files get the time that a line of two megabits a second takes for them as well: who was cut off
 * would send them again, and be cut off again, for ever.
 */
const slowestBytesPerMs = 250;
/** Ten files of 25 MiB at that pace, by far; discord.js knows only one limit for all requests. */
const longestTimeoutMs = 1_200_000;

/**
 * The settings of every REST client here. discord.js repeats a request whose answer was lost, and
 * so posts twice: nothing is retried below us. It also waits inside for a full bucket: a request
 * that must wait is rejected, so that the card's renderer decides what goes first.
 */
export function restOptions(apiUrl: string): Partial<RESTOptions> {
  return {
    api: apiUrl,
    retries: 0,
    timeout: requestTimeoutMs,
    rejectOnRateLimit: () => true,
  };
}

/** The routes in use, one function each. @throws DiscordError from each of them */
export function createDiscordApi({ token, apiUrl, onBucket }: DiscordApiOptions) {
  const options = { ...restOptions(apiUrl), timeout: longestTimeoutMs };
  const bot = new REST(options).setToken(token);
  /**
   * Interactions are answered without the bot's token (a 401 there would make discord.js forget
   * it), and are exempt from the 50 requests a second.
   * https://discord.com/developers/docs/interactions/receiving-and-responding#endpoints
   */
  const interactions = new REST({
    ...options,
    globalRequestsPerSecond: Number.POSITIVE_INFINITY,
  });
  for (const rest of [bot, interactions]) {
    rest.on(RESTEvents.Response, ({ path }, response) => {
      const remaining = response.headers.get('x-ratelimit-remaining');
      const resetAfter = response.headers.get('x-ratelimit-reset-after');
      if (remaining === null || resetAfter === null) return;
      onBucket?.({
        scope: bucketScope(path),
        remaining: Number(remaining),
        resetAfterMs: Number(resetAfter) * 1000,
      });
    });
  }

  async function translated<T>(request: () => Promise<unknown>): Promise<T> {
    try {
      return (await request()) as T;
    } catch (error) {
      const translation = translateDiscordError(error);
      // discord.js has dropped it, and would fail by itself from now on.
      if (translation.problem === 'unauthorized') bot.setToken(token);
      throw translation;
    }
  }

  function createMessage(channelId: string, message: OutgoingMessage): Promise<APIMessage> {
    return translated(() => bot.post(Routes.channelMessages(channelId), requestOf(message)));
  }

  return {
    /** Once an interaction. Returns the id of the message that it made, where Discord tells. */
    async respond(
      { id, token: key }: InteractionKey,
      response: APIInteractionResponse,
      { signal }: { readonly signal?: AbortSignal } = {},
    ) {
      const answer = await translated<RESTPostAPIInteractionCallbackWithResponseResult | undefined>(
        () =>
          interactions.post(Routes.interactionCallback(id, key), {
            auth: false,
            query: new URLSearchParams({ with_response: 'true' }),
            body: response,
            ...(signal ? { signal } : limited()),
          }),
      );
      return answer?.resource?.message?.id ?? answer?.interaction?.response_message_id ?? null;
    },

    editOriginal({ applicationId, token: key }: InteractionKey, message: OutgoingMessage) {
      return translated<APIMessage>(() =>
        interactions.patch(Routes.webhookMessage(applicationId, key), {
          auth: false,
          ...editOf(message),
        }),
      );
    },

    deleteOriginal({ applicationId, token: key }: InteractionKey) {
      return translated<void>(() =>
        interactions.delete(Routes.webhookMessage(applicationId, key), {
          auth: false,
          ...limited(),
        }),
      );
    },

    /** Not repeatable: it has no nonce. */
    followUp({ applicationId, token: key }: InteractionKey, message: OutgoingMessage) {
      return translated<APIMessage>(() =>
        interactions.post(Routes.webhook(applicationId, key), {
          auth: false,
          query: new URLSearchParams({ wait: 'true' }),
          ...requestOf(message),
        }),
      );
    },

    createMessage,

    /**
     * As `createMessage`, as a reply where there is a message to reply to. Without the permission to
     * read the history (160002) it is no reply, but stands in the channel all the same.
     */
    async createReply(channelId: string, message: OutgoingMessage, replyTo: string | null) {
      if (replyTo === null) return createMessage(channelId, message);
      const message_reference = { message_id: replyTo, fail_if_not_exists: false };
      const reply = { ...message, body: { ...message.body, message_reference } };
      try {
        return await createMessage(channelId, reply);
      } catch (error) {
        if (!(error instanceof DiscordError) || error.problem !== 'forbidden') throw error;
        return createMessage(channelId, message);
      }
    },

    editMessage(channelId: string, messageId: string, message: OutgoingMessage) {
      return translated<APIMessage>(() =>
        bot.patch(Routes.channelMessage(channelId, messageId), editOf(message)),
      );
    },

    message(channelId: string, messageId: string) {
      return translated<APIMessage>(() =>
        bot.get(Routes.channelMessage(channelId, messageId), limited()),
      );
    },

    deleteMessage(channelId: string, messageId: string) {
      return translated<void>(() =>
        bot.delete(Routes.channelMessage(channelId, messageId), limited()),
      );
    },

    /**
     * Opens an archived thread again, which takes no permission but to write there, unless it is
     * locked too. https://discord.com/developers/docs/resources/channel#modify-channel
     */
    async openThread(channelId: string): Promise<void> {
      try {
        await translated(() =>
          bot.patch(Routes.channel(channelId), { body: { archived: false }, ...limited() }),
        );
      } catch (error) {
        if (!(error instanceof DiscordError) || error.problem !== 'forbidden') throw error;
        throw new DiscordError('thread-locked', error.message);
      }
    },

    channel(channelId: string) {
      return translated<APIChannel>(() => bot.get(Routes.channel(channelId), limited()));
    },

    /** At most 100, newest first, all younger than the snowflake `after`. */
    messagesAfter(channelId: string, after: string) {
      return translated<APIMessage[]>(() =>
        bot.get(Routes.channelMessages(channelId), {
          query: new URLSearchParams({ after, limit: '100' }),
          ...limited(),
        }),
      );
    },

    /** The direct channel with a user; the same one each time. */
    async openDirectChannel(userId: string): Promise<string> {
      const channel = await translated<APIChannel>(() =>
        bot.post(Routes.userChannels(), { body: { recipient_id: userId }, ...limited() }),
      );
      return channel.id;
    },

    commands(applicationId: string) {
      return translated<unknown[]>(() =>
        bot.get(Routes.applicationCommands(applicationId), {
          query: new URLSearchParams({ with_localizations: 'true' }),
          ...limited(),
        }),
      );
    },

    replaceCommands(applicationId: string, commands: RESTPutAPIApplicationCommandsJSONBody) {
      return translated<unknown>(() =>
        bot.put(Routes.applicationCommands(applicationId), { body: commands }),
      );
    },
  };
}

/** Buckets go by what stands in the path: an interaction's token, or a channel. */
function bucketScope(path: string): string {
  const interaction = /^\/(?:webhooks|interactions)\/\d+\/([^/?]+)/.exec(path);
  if (interaction) return `interaction:${interaction[1]}`;
  const channel = /^\/channels\/(\d+)/.exec(path);
  return channel ? `channel:${channel[1]}` : 'other';
}

function requestOf({ body, files }: OutgoingMessage, wordsTimeoutMs = requestTimeoutMs) {
  const bytes = bytesOf(files);
  const limitMs = bytes === 0 ? wordsTimeoutMs : requestTimeoutMs + bytes / slowestBytesPerMs;
  return { body, files: [...files], ...limited(limitMs) };
}

/**
 * Words that stand in a message go when components come, as Discord takes no message of both
 * (discord.com/developers/docs/components/reference#component-reference).
 */
function editOf({ body, files }: OutgoingMessage) {
  const hasComponents = (Number(body.flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
  const edited = hasComponents ? { ...body, content: null } : body;
  return requestOf({ body: edited, files }, editTimeoutMs);
}

/** Milliseconds, counted from now: a request may wait for others of its bucket first. */
function limited(ms = requestTimeoutMs): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(Math.ceil(ms)) };
}

export function bytesOf(files: readonly RawFile[]): number {
  return files.reduce(
    (sum, { data }) => sum + (data instanceof Uint8Array ? data.byteLength : 0),
    0,
  );
}
