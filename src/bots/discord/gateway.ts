import { setTimeout as sleep } from 'node:timers/promises';
import {
  type APIInteraction,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayCloseCodes,
  GatewayDispatchEvents,
} from 'discord.js';
import type { Logger } from 'pino';
import { StartError } from '../../chat/index.js';
import { restOptions } from './discord-api.js';
import { DiscordError, translateDiscordError } from './discord-errors.js';
import { GatewayClient } from './gateway-client.js';

export interface GatewayOptions {
  readonly token: string;
  /** Ends in `/api`. */
  readonly apiUrl: string;
  readonly log: Logger;
  readonly onInteraction: (interaction: APIInteraction) => void;
  /** Discord closed the gateway for good, after it had been open. */
  readonly onFatal: (error: StartError) => void;
}

export type Gateway = ReturnType<typeof createGateway>;

/** Why Discord closes the gateway for good; waiting helps with none of them. */
const fatalReasons: Readonly<Record<number, string>> = {
  [GatewayCloseCodes.AuthenticationFailed]: 'the token is not valid: check DISCORD_TOKEN',
  [GatewayCloseCodes.InvalidShard]: 'the shard is not valid',
  [GatewayCloseCodes.ShardingRequired]: 'the bot is in too many servers for one connection',
  [GatewayCloseCodes.InvalidAPIVersion]: 'the version of the API is gone',
  [GatewayCloseCodes.InvalidIntents]: 'the intents are not valid',
  [GatewayCloseCodes.DisallowedIntents]: 'the intents are not allowed to this bot',
};

/** A bot may begin 1000 sessions a day; discord.js gives up with these words. */
const outOfSessions = /^Not enough sessions remaining/;

/** Milliseconds. */
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/**
 * The connection on which interactions arrive. They need no intent, and nothing else is asked for:
 * with the one for servers, discord.js would also wait for each of them before it is ready.
 * https://discord.com/developers/docs/events/gateway#gateway-intents
 */
export function createGateway(options: GatewayOptions) {
  const { token, apiUrl, log, onInteraction, onFatal } = options;
  const { host } = new URL(apiUrl);
  const ended = new AbortController();
  const client = new GatewayClient({ intents: [], rest: restOptions(apiUrl) }, (error) => {
    if (!ended.signal.aborted)
      log.warn({ host, reason: reasonOf(error) }, 'Discord’s gateway erred');
  });
  let isReady = false;
  let isAway = false;

  // The packet as it came, before discord.js makes objects of it: the inbox keeps it so.
  client.ws.on(GatewayDispatchEvents.InteractionCreate, onInteraction);
  client.on(Events.ShardReconnecting, () => {
    // The end of the connection that we close ourselves looks the same to discord.js.
    if (ended.signal.aborted) return;
    if (!isAway) log.warn({ host }, 'Discord’s gateway is away; reconnecting');
    isAway = true;
  });
  for (const event of [Events.ShardResume, Events.ShardReady] as const) {
    client.on(event, () => {
      if (isAway) log.info({ host }, 'Discord’s gateway is back');
      isAway = false;
    });
  }

  /** Resolves with the application's id. @throws StartError, and AbortError once closed */
  async function connect(): Promise<string> {
    const ready = new Promise<string>((resolve, reject) => {
      client.once(Events.ClientReady, ({ application }) => {
        isReady = true;
        resolve(application.id);
      });
      ended.signal.addEventListener('abort', () => reject(ended.signal.reason));
      client.on(Events.ShardDisconnect, ({ code }) => {
        const reason = fatalReasons[code] ?? `it closed with ${code}`;
        const error = new StartError(`Discord (${host}): ${reason}`, { retryable: false });
        if (isReady) onFatal(error);
        else reject(error);
      });
    });
    ready.catch(() => {
      // It is awaited below, perhaps after it was rejected.
    });
    await logIn();
    return ready;
  }

  async function logIn(): Promise<void> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        await client.login(token);
        return;
      } catch (error) {
        ended.signal.throwIfAborted();
        if (isWrongToken(error)) {
          const message = `Discord (${host}): the token is not valid: check DISCORD_TOKEN`;
          throw new StartError(message, { retryable: false });
        }
        const reason = reasonOf(error);
        log.warn({ host, reason, retryInMs: pauseMs }, 'Discord is unreachable; trying again');
        if (client.isConnecting && !outOfSessions.test(reason)) return;
        await sleep(pauseMs, undefined, { signal: ended.signal });
      }
    }
  }

  return {
    connect,
    /** Takes no more interactions, and resolves when the connection is closed. */
    async close(): Promise<void> {
      ended.abort();
      client.ws.removeAllListeners(GatewayDispatchEvents.InteractionCreate);
      await client.end();
    },
  };
}

function isWrongToken(error: unknown): boolean {
  if (error instanceof DiscordjsError) return error.code === DiscordjsErrorCodes.TokenInvalid;
  return false;
}

function reasonOf(error: unknown): string {
  try {
    return translateDiscordError(error).message;
  } catch (unknownError) {
    // The gateway's socket reports in plain errors, which name neither address nor token.
    if (unknownError instanceof DiscordError) throw unknownError;
    return unknownError instanceof Error ? unknownError.message : String(unknownError);
  }
}
