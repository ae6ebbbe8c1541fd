import type { BotCommand, User } from 'grammy/types';
import { type CallbackQueries, createCallbackQueries } from './callback-queries.js';
import { type Clock, systemClock } from './clock.js';
import { createDirectory, type Directory } from './directory.js';
import { createEvents, type PlaygroundEmitter } from './events.js';
import { createFileStore, type FileStore } from './file-store.js';
import { createMessageStore, type MessageStore } from './message-store.js';
import {
  createRateLimiter,
  type RateLimiter,
  type RateLimits,
  telegramRateLimits,
} from './rate-limits.js';
import { createUpdateQueue, type UpdateQueue } from './update-queue.js';
import { createWebhook, type Webhook } from './webhook.js';

export interface BotProfile {
  readonly token: string;
  readonly user: User;
  /** Whether it sees only what is meant for it in groups (core.telegram.org/bots/features#privacy-mode). */
  readonly privacyMode: boolean;
}

export interface TelegramPlaygroundOptions {
  /** As BotFather gives it: the bot's id, a colon, a secret. */
  readonly token?: string;
  readonly username?: string;
  readonly firstName?: string;
  /** On by default, as BotFather has it. */
  readonly privacyMode?: boolean;
  readonly clock?: Clock;
  /** Telegram's own by default; `off` for none. */
  readonly limits?: Partial<RateLimits> | 'off';
  /** How long a pressed button waits for its answer; 150 s by default. */
  readonly callbackLifetimeMs?: number;
  /** 0, a free one, by default. */
  readonly port?: number;
  /**
   * Added to the ids of updates and people; 0 by default. A bot that remembers an earlier
   * playground takes the same ids for repeats.
   */
  readonly idOffset?: number;
}

/** Everything that the stand-in's server remembers. */
export interface World {
  readonly bot: BotProfile;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly messages: MessageStore;
  readonly files: FileStore;
  readonly updates: UpdateQueue;
  readonly callbacks: CallbackQueries;
  readonly limiter: RateLimiter;
  readonly events: PlaygroundEmitter;
  /** Commands by scope and language, as `setMyCommands` keys them. */
  readonly commands: Map<string, BotCommand[]>;
  readonly webhook: Webhook;
}

const defaultToken = '7700000001:PLAYGROUND-bot-token-0123456789-abc';

export function createWorld(options: TelegramPlaygroundOptions): World {
  const clock = options.clock ?? systemClock;
  const token = options.token ?? defaultToken;
  const id = Number(/^(\d+):[\w-]+$/.exec(token)?.[1]);
  if (!Number.isSafeInteger(id)) throw new Error('the token of a bot is its id, ":" and a secret');
  const privacyMode = options.privacyMode ?? true;
  const limits = options.limits === 'off' ? 'off' : { ...telegramRateLimits, ...options.limits };
  const updates = createUpdateQueue(options.idOffset);
  return {
    bot: {
      token,
      privacyMode,
      user: {
        id,
        is_bot: true,
        first_name: options.firstName ?? 'Easel',
        username: options.username ?? 'easel_bot',
      },
    },
    clock,
    directory: createDirectory(options.idOffset),
    messages: createMessageStore(clock),
    files: createFileStore(),
    updates,
    callbacks: createCallbackQueries(clock, options.callbackLifetimeMs ?? 150_000),
    limiter: createRateLimiter(limits, clock),
    events: createEvents(),
    commands: new Map(),
    webhook: createWebhook(updates, clock),
  };
}
