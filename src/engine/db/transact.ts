import type { Signals } from '../queue/signals.js';
import type { Platform } from '../users/user.js';
import type { Database, Transaction } from './connection.js';

/** What others should hear of once, and only if, the transaction stands. */
export interface Effects {
  /** Something may be admitted in this pool. */
  wake(pool: string): void;
  card(platform: Platform, batchId: string): void;
  cancel(taskId: string): void;
}

export type Transact = <T>(work: (trx: Transaction, effects: Effects) => Promise<T>) => Promise<T>;

/** SQLSTATE of the transaction that Postgres chose to end two that waited for each other. */
const deadlock = '40P01';
const deadlockTries = 3;

/** A transaction whose signals leave after its commit; begun anew where it met another head-on. */
export function createTransact(db: Database, signals: Signals): Transact {
  async function attempt<T>(work: (trx: Transaction, effects: Effects) => Promise<T>): Promise<T> {
    const later = new Map<string, () => void>();
    const result = await db.transaction().execute((trx) =>
      work(trx, {
        wake: (pool) => later.set(`wake ${pool}`, () => signals.publish('wake', { pool })),
        card: (platform, batchId) =>
          later.set(`card ${batchId}`, () => signals.publish('card', { platform, batchId })),
        cancel: (taskId) =>
          later.set(`cancel ${taskId}`, () => signals.publish('cancel', { taskId })),
      }),
    );
    for (const publish of later.values()) publish();
    return result;
  }

  return async (work) => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt(work);
      } catch (error) {
        const isDeadlock = error instanceof Error && 'code' in error && error.code === deadlock;
        if (!isDeadlock || tried === deadlockTries) throw error;
      }
    }
  };
}
