import type { Signals } from '../queue/signals.js';
import type { Platform } from '../users/user.js';
import type { Database, Transaction } from './connection.js';

/** What others should hear of once, and only if, the transaction stands. */
export interface Effects {
  /** Something may be admitted in this pool. */
  wake(pool: string): void;
  card(platform: Platform, batchId: string): void;
  cancel(taskId: string): void;
  /** Who somebody is, or what they want by default, is another. */
  people(): void;
}

export interface Transact {
  <T>(work: (trx: Transaction, effects: Effects) => Promise<T>): Promise<T>;
  /** The same for work of one statement, which stands or falls by itself. */
  statement<T>(work: (db: Database, effects: Effects) => Promise<T>): Promise<T>;
}

/** SQLSTATE of the transaction that Postgres chose to end two that waited for each other. */
const deadlock = '40P01';
const deadlockTries = 3;

/** A transaction whose signals leave after its commit; begun anew where it met another head-on. */
export function createTransact(db: Database, signals: Signals): Transact {
  async function attempt<T>(run: (effects: Effects) => Promise<T>): Promise<T> {
    const later = new Map<string, () => void>();
    const result = await run({
      wake: (pool) => later.set(`wake ${pool}`, () => signals.publish('wake', { pool })),
      card: (platform, batchId) =>
        later.set(`card ${batchId}`, () => signals.publish('card', { platform, batchId })),
      cancel: (taskId) =>
        later.set(`cancel ${taskId}`, () => signals.publish('cancel', { taskId })),
      people: () => later.set('people', () => signals.publish('people', {})),
    });
    for (const publish of later.values()) publish();
    return result;
  }

  async function repeated<T>(run: (effects: Effects) => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt(run);
      } catch (error) {
        const isDeadlock = error instanceof Error && 'code' in error && error.code === deadlock;
        if (!isDeadlock || tried === deadlockTries) throw error;
      }
    }
  }

  return Object.assign(
    <T>(work: (trx: Transaction, effects: Effects) => Promise<T>) =>
      repeated((effects) => db.transaction().execute((trx) => work(trx, effects))),
    {
      statement: <T>(work: (database: Database, effects: Effects) => Promise<T>) =>
        repeated((effects) => work(db, effects)),
    },
  );
}
