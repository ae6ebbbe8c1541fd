import { EventEmitter } from 'node:events';
import type { Update } from 'grammy/types';
import type { PressedButton } from './callback-queries.js';
import type { Room } from './directory.js';
import type { Exchange } from './ledger.js';
import type { StoredMessage } from './message-store.js';

/** What happens in the playground, for tests and the demo to watch. */
export interface PlaygroundEvents {
  message: [message: StoredMessage];
  edit: [message: StoredMessage];
  delete: [message: StoredMessage];
  reaction: [message: StoredMessage];
  /** "typing…" and the like. */
  'chat-action': [room: Room, action: string];
  'callback-answer': [press: PressedButton];
  /** An update on its way to the bot. */
  update: [update: Update];
  /** The bot waits for its next update. */
  poll: [];
  /** A request that was answered, or refused. */
  request: [exchange: Exchange];
}

export type PlaygroundEmitter = EventEmitter<PlaygroundEvents>;

const names: ReadonlyArray<keyof PlaygroundEvents> = [
  'message',
  'edit',
  'delete',
  'reaction',
  'chat-action',
  'callback-answer',
  'update',
  'poll',
  'request',
];

export function createEvents(): PlaygroundEmitter {
  const events = new EventEmitter<PlaygroundEvents>();
  events.setMaxListeners(0);
  return events;
}

export interface WaitOptions {
  /** 30 s by default. */
  readonly timeoutMs?: number;
  /** What is waited for, for the error. */
  readonly what?: string;
}

/**
 * Resolves with what `probe` returns once that is neither undefined, null nor false; it is asked at
 * once and after each event.
 */
export function waitFor<T>(
  events: PlaygroundEmitter,
  probe: () => T | undefined | null | false,
  { timeoutMs = 30_000, what = String(probe) }: WaitOptions = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(deadline);
      for (const name of names) events.off(name, check);
      settle();
    };
    const check = () => {
      try {
        const value = probe();
        if (value !== undefined && value !== null && value !== false) finish(() => resolve(value));
      } catch (error) {
        finish(() => reject(error));
      }
    };
    const deadline = setTimeout(() => {
      finish(() => reject(new Error(`did not happen within ${timeoutMs} ms: ${what}`)));
    }, timeoutMs);
    for (const name of names) events.on(name, check);
    check();
  });
}
