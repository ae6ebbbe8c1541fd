import { EventEmitter } from 'node:events';
import type { LedgerEntry } from './ledger.js';
import type { Interaction, Message } from './records.js';

export interface PlaygroundEventMap {
  message: [Message];
  edit: [Message];
  delete: [Message];
  /** A message that one user alone sees was made or edited; `message` and `edit` stay silent. */
  ephemeral: [Message];
  interaction: [Interaction];
  /** The bot answered an interaction: see its `answeredWith`, `modal` and `choices`. */
  answer: [Interaction];
  /** An exchange is over: what was asked and what was answered. */
  request: [LedgerEntry];
  /** A gateway event leaves for the bot's sessions, whether or not one listens. */
  dispatch: [{ name: string; data: Record<string, unknown> }];
  /** An error of the playground itself, answered with 500. */
  fault: [Error];
  /** After any of the above: something may be worth another look. */
  change: [];
}

export type PlaygroundEvents = EventEmitter<PlaygroundEventMap>;

export function createPlaygroundEvents(): PlaygroundEvents {
  const events: PlaygroundEvents = new EventEmitter();
  events.setMaxListeners(0);
  return events;
}

/** Tells listeners of a new or changed message, and those who wait for anything. */
export function announceMessage(
  events: PlaygroundEvents,
  kind: 'message' | 'edit' | 'delete',
  message: Message,
): void {
  events.emit(message.ephemeralFor !== undefined ? 'ephemeral' : kind, message);
  events.emit('change');
}
