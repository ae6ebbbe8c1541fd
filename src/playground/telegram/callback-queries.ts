import { randomBytes } from 'node:crypto';
import type { User } from 'grammy/types';
import { badRequest } from './api-error.js';
import type { Clock } from './clock.js';
import type { StoredMessage } from './message-store.js';

export interface CallbackAnswer {
  readonly text?: string;
  readonly showAlert: boolean;
  readonly url?: string;
  readonly atMs: number;
}

/** A press of a button, and what the bot answered to it. */
export interface PressedButton {
  readonly id: string;
  readonly from: User;
  readonly message: StoredMessage;
  readonly data: string;
  readonly pressedAtMs: number;
  readonly answer: CallbackAnswer | undefined;
}

export interface CallbackQueries {
  add(press: Pick<PressedButton, 'from' | 'message' | 'data'>): PressedButton;
  /** Throws 400 for a query that is unknown, answered or too old. */
  answer(id: string, answer: Omit<CallbackAnswer, 'atMs'>): PressedButton;
}

export function createCallbackQueries(clock: Clock, lifetimeMs: number): CallbackQueries {
  const presses = new Map<string, PressedButton & { answer: CallbackAnswer | undefined }>();
  return {
    add(press) {
      const id = randomBytes(8).readBigUInt64BE().toString();
      const kept = { ...press, id, pressedAtMs: clock.now(), answer: undefined };
      presses.set(id, kept);
      return kept;
    },
    answer(id, answer) {
      const press = presses.get(id);
      const nowMs = clock.now();
      if (!press || press.answer || nowMs - press.pressedAtMs > lifetimeMs) {
        throw badRequest('query is too old and response timeout expired or query ID is invalid');
      }
      press.answer = { ...answer, atMs: nowMs };
      return press;
    },
  };
}
