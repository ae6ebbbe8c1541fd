export { createManualClock } from './clock.js';
export type { Room } from './directory.js';
export type { Exchange } from './ledger.js';
export type { StoredMessage } from './message-store.js';
export type { Person } from './people.js';
export { createTelegramPlayground, type TelegramPlayground } from './telegram-playground.js';
export type { TelegramPlaygroundOptions } from './world.js';
