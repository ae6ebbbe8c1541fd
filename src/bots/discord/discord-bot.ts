import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Chat, type ChatPlatform, createInboxWatch, StartError } from '../../chat/index.js';
import type { Engine, ImageLinks } from '../../engine/index.js';
import { autocomplete, isAutocomplete } from './autocompletion.js';
import { registerCommands } from './command-registration.js';
import { createDiscordApi } from './discord-api.js';
import { DiscordError } from './discord-errors.js';
import { createDiscordPlatform } from './discord-platform.js';
import { createEditBudget } from './edit-budget.js';
import { createFileHosts, type HostLookup } from './file-hosts.js';
import { createGateway } from './gateway.js';
import { createInteractionHandler } from './interaction-handler.js';
import { passingProblems } from './repeat.js';

export interface DiscordBotDependencies {
  readonly token: string;
  /** Ends in `/api`; absent means Discord's own. */
  readonly apiUrl?: string;
  /** `DISCORD_CDN_HOSTS`: the only ones that attachments come from, as `host` or `host:port`. */
  readonly cdnHosts: readonly string[];
  readonly engine: Pick<
    Engine,
    'inbox' | 'readGrid' | 'readImage' | 'readImageWithin' | 'readArchives' | 'cards'
  >;
  readonly chat: Pick<
    Chat,
    'handle' | 'opensForm' | 'suggest' | 'commands' | 'commandGroups' | 'text'
  >;
  /** Wall clock: an interaction's token outlives a restart. */
  readonly now: () => Date;
  readonly log: Logger;
  /** For originals that Discord takes no file of. Without it, they come smaller. */
  readonly links?: ImageLinks | null;
  readonly lookup?: HostLookup;
  /** Called when Discord shuts the bot out while it runs, e.g. because its token was replaced. */
  readonly onFatal?: (error: StartError) => void;
}

export interface DiscordBot {
  /**
   * Resolves when the bot takes interactions and its commands are registered. Waits, with a line
   * for each try, while Discord is away.
   * @throws StartError not retryable: wrong token
   */
  start(): Promise<void>;
  /** Takes no more interactions and closes the gateway. Cards can still be shown. */
  stop(): Promise<void>;
  readonly platform: ChatPlatform;
}

const discordApiUrl = 'https://discord.com/api';

/** Milliseconds. */
const settleWithinMs = 1500;
const firstPauseMs = 1000;
const longestPauseMs = 60_000;

export function createDiscordBot(deps: DiscordBotDependencies): DiscordBot {
  const { token, apiUrl = discordApiUrl, engine, chat, now, log } = deps;
  const budget = createEditBudget({ monotonicMs: () => performance.now() });
  const api = createDiscordApi({ token, apiUrl, onBucket: budget.observed });
  const hosts = createFileHosts({
    hosts: deps.cdnHosts,
    allowHttp: apiUrl !== discordApiUrl,
    ...(deps.lookup ? { lookup: deps.lookup } : {}),
  });
  const attachments = { hosts };
  const handler = createInteractionHandler({
    ...{ api, engine, chat, attachments, now, log },
    links: deps.links ?? null,
  });
  const gateway = createGateway({
    token,
    apiUrl,
    log,
    onInteraction(interaction) {
      if (!isAutocomplete(interaction)) return handler.take(interaction);
      autocomplete({ api, chat, log }, interaction).catch((err: unknown) => {
        log.error({ err, interactionId: interaction.id }, 'a defect in suggesting');
      });
    },
    onFatal: (error) => deps.onFatal?.(error),
  });
  const watch = createInboxWatch({ ...handler, inbox: engine.inbox, platform: 'discord', log });
  const stopped = new AbortController();

  async function register(applicationId: string): Promise<void> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        return await registerCommands(api, applicationId, chat, log);
      } catch (error) {
        if (!(error instanceof DiscordError)) throw error;
        if (!passingProblems.includes(error.problem)) {
          throw new StartError(`Discord refused the commands: ${error.message}`, {
            retryable: false,
          });
        }
        const retryInMs = error.retryAfterMs ?? pauseMs;
        log.warn({ reason: error.message, retryInMs }, 'commands not registered; trying again');
        await sleep(retryInMs, undefined, { signal: stopped.signal });
      }
    }
  }

  return {
    platform: createDiscordPlatform({ api, engine, chat, budget, now, log }),

    async start() {
      const applicationId = await gateway.connect();
      watch.start();
      await register(applicationId);
    },

    async stop() {
      stopped.abort();
      watch.stop();
      const patience = sleep(settleWithinMs, undefined, { ref: false });
      await Promise.race([Promise.all([gateway.close(), handler.stop()]), patience]);
    },
  };
}
