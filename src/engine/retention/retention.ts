import type { Logger } from 'pino';
import type { Database } from '../db/connection.js';
import { takeLease } from '../db/lease.repository.js';
import type { Transact } from '../db/transact.js';
import type { ImageStore } from '../images/image-store.js';
import {
  findBeyond,
  findDiscarded,
  findOlderThan,
  findUnrecorded,
  forgetDiscarded,
  pruneRecords,
  removeFiles,
} from './retention.repository.js';

/** What is kept of images and inputs. Without a number, there is no such limit. */
export interface RetentionLimits {
  readonly days?: number | undefined;
  readonly totalMegabytes?: number | undefined;
}

export interface RetentionDependencies {
  readonly db: Database;
  readonly transact: Transact;
  readonly store: ImageStore;
  readonly log: Logger;
  readonly workerId: string;
  readonly limits: RetentionLimits;
  readonly everyMs: number;
}

export interface Retention {
  start(): void;
  /** One round, as the timer does it; a file of no record is deleted once it is that old. */
  sweep(): Promise<void>;
  /** Deletes files that no record has, e.g. those that a crash left. Reads the whole store. */
  deleteOrphans(olderThanMs?: number): Promise<number>;
  stop(): Promise<void>;
}

/** A repeated update is long over by then, and a day's quota cannot be given back. */
const recordDays = { updates: 7, usage: 60 };
/** A file stands before its record does: that takes seconds, not a day. */
const orphanAfterMs = 24 * 60 * 60 * 1000;
const scanEveryMs = 24 * 60 * 60 * 1000;
const keysAtOnce = 500;

/** Removes images by age and total size, and what they leave. One process at a time does it. */
export function createRetention(deps: RetentionDependencies): Retention {
  const { db, transact, store, log, limits } = deps;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  let stopped = false;
  // Not at the start, when there is enough to do.
  let scanAt = performance.now() + deps.everyMs;

  async function removeAll(find: () => ReturnType<typeof findOlderThan>): Promise<number> {
    for (let removed = 0; ; ) {
      const found = await find();
      const count = await transact((trx) => removeFiles(trx, found));
      removed += count;
      if (count === 0 || stopped) return removed;
    }
  }

  async function deleteDiscarded(): Promise<void> {
    for (;;) {
      const keys = await findDiscarded(db);
      for (const key of keys) await store.delete(key);
      await forgetDiscarded(db, keys);
      if (keys.length === 0 || stopped) return;
    }
  }

  async function deleteOrphans(olderThanMs = orphanAfterMs): Promise<number> {
    let deleted = 0;
    let keys: string[] = [];
    const flush = async () => {
      for (const key of await findUnrecorded(db, keys)) {
        await store.delete(key);
        deleted += 1;
      }
      keys = [];
    };
    for await (const { key, modifiedAt } of store.list()) {
      if (stopped) break;
      if (Date.now() - modifiedAt.getTime() < olderThanMs) continue;
      keys.push(key);
      if (keys.length === keysAtOnce) await flush();
    }
    await flush();
    return deleted;
  }

  async function sweep(): Promise<void> {
    if (!(await takeLease(db, 'retention', deps.workerId, deps.everyMs * 3))) return;
    const { days, totalMegabytes } = limits;
    const removed =
      (days === undefined ? 0 : await removeAll(() => findOlderThan(db, days))) +
      (totalMegabytes === undefined
        ? 0
        : await removeAll(() => findBeyond(db, totalMegabytes * 1_000_000)));
    if (removed > 0) log.info({ files: removed }, 'Stored images were removed by age or size');
    await deleteDiscarded();
    await pruneRecords(db, recordDays);
    if (performance.now() < scanAt) return;
    scanAt = performance.now() + scanEveryMs;
    const orphans = await deleteOrphans();
    if (orphans > 0) log.info({ files: orphans }, 'Files of no record were deleted');
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      current = sweep()
        .catch((error: unknown) => log.warn({ err: error }, 'A retention round failed'))
        .finally(schedule);
    }, deps.everyMs);
    timer.unref();
  }

  return {
    start: schedule,
    sweep,
    deleteOrphans,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
