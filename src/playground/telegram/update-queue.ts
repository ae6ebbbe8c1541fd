import type { Update } from 'grammy/types';
import { conflict } from './api-error.js';

export type UpdateBody = Omit<Update, 'update_id'>;
type UpdateType = Exclude<keyof Update, 'update_id'>;

/** Kinds of update that a bot gets only when it asks for them (core.telegram.org/bots/api#getupdates). */
const onDemand = new Set(['chat_member', 'message_reaction', 'message_reaction_count']);
/** The real server, too, lets a burst gather for a moment before it answers a waiting poll. */
const gatherMs = 2;
const maxPollMs = 50_000;
const maxLimit = 100;

export interface PollOptions {
  readonly offset?: number;
  readonly limit?: number;
  readonly timeoutMs: number;
  readonly allowedUpdates?: readonly string[];
  /** Aborted when the client went away. */
  readonly signal: AbortSignal;
}

export interface UpdateQueue {
  /** Keeps an update until it is confirmed; undefined when the bot does not want its kind. */
  push(body: UpdateBody): Update | undefined;
  /** Delivers an update once more, with the same id, confirmed or not. */
  replay(update: Update): void;
  /** Throws 409 in the poll that waits when another one comes. */
  poll(options: PollOptions): Promise<Update[]>;
  /** Ends the waiting poll with 409. */
  interrupt(reason: string): void;
  allow(types: readonly string[] | undefined): void;
  clear(): void;
  /** Drops one update, which a webhook took. */
  confirm(update: Update): void;
  readonly pending: readonly Update[];
  readonly allowedUpdates: readonly string[] | undefined;
  /** Whether a poll waits for the next update. */
  readonly isPolled: boolean;
  /** Called when a poll begins to wait. */
  onWait: (() => void) | undefined;
  /** Called after each push. */
  onPush: (() => void) | undefined;
}

interface Entry {
  readonly update: Update;
  /** A repeated update is not confirmed by an offset from before it was delivered. */
  mustBeServed: boolean;
}

interface WaitingPoll {
  wake(): void;
  fail(error: Error): void;
}

export function createUpdateQueue(idOffset = 0): UpdateQueue {
  let entries: Entry[] = [];
  // Telegram starts anywhere, so nobody should count on 1.
  let nextId = 731_000_001 + idOffset;
  let allowed: readonly string[] | undefined;
  let waiting: WaitingPoll | undefined;

  function wants(type: string): boolean {
    return allowed && allowed.length > 0 ? allowed.includes(type) : !onDemand.has(type);
  }

  function confirmBelow(offset: number): void {
    if (offset < 0) {
      entries = entries.slice(offset);
    } else {
      entries = entries.filter(
        ({ update, mustBeServed }) => mustBeServed || update.update_id >= offset,
      );
    }
  }

  function take(limit: number): Update[] {
    const taken = entries.slice(0, limit);
    for (const entry of taken) entry.mustBeServed = false;
    return taken.map(({ update }) => update);
  }

  function interrupt(reason: string): void {
    waiting?.fail(conflict(reason));
  }

  function wait(options: PollOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(deadline);
        options.signal.removeEventListener('abort', aborted);
        if (waiting === self) waiting = undefined;
        settle();
      };
      const aborted = () => finish(resolve);
      const deadline = setTimeout(() => finish(resolve), Math.min(options.timeoutMs, maxPollMs));
      const self: WaitingPoll = {
        wake: () => setTimeout(() => finish(resolve), gatherMs),
        fail: (error) => finish(() => reject(error)),
      };
      options.signal.addEventListener('abort', aborted);
      waiting = self;
      queue.onWait?.();
    });
  }

  const queue: UpdateQueue = {
    push(body) {
      const type = Object.keys(body)[0] as UpdateType | undefined;
      if (!type) throw new Error('an update without content');
      if (!wants(type)) return undefined;
      const update: Update = { update_id: nextId, ...body };
      nextId += 1;
      entries.push({ update, mustBeServed: false });
      waiting?.wake();
      queue.onPush?.();
      return update;
    },
    replay(update) {
      entries.push({ update, mustBeServed: true });
      waiting?.wake();
      queue.onPush?.();
    },
    async poll(options) {
      interrupt(
        'terminated by other getUpdates request; make sure that only one bot instance is running',
      );
      const limit = Math.min(Math.max(options.limit ?? maxLimit, 1), maxLimit);
      if (options.allowedUpdates) allowed = options.allowedUpdates;
      if (options.offset !== undefined) confirmBelow(options.offset);
      if (entries.length === 0 && options.timeoutMs > 0 && !options.signal.aborted) {
        await wait(options);
      }
      // Nobody is there to read the answer, so the updates stay for the next poll.
      if (options.signal.aborted) return [];
      return take(limit);
    },
    interrupt,
    allow(types) {
      allowed = types;
    },
    clear() {
      entries = [];
    },
    confirm(update) {
      const at = entries.findIndex((entry) => entry.update === update);
      if (at >= 0) entries.splice(at, 1);
    },
    get pending() {
      return entries.map(({ update }) => update);
    },
    get allowedUpdates() {
      return allowed;
    },
    get isPolled() {
      return waiting !== undefined;
    },
    onWait: undefined,
    onPush: undefined,
  };
  return queue;
}
