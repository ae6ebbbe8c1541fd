import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, vi } from 'vitest';
import type { Backend } from '../../src/engine/backends/backend.js';
import type { Pool } from '../../src/engine/backends/pools.js';
import type { BatchView, SubmitRequest, TaskRequest } from '../../src/engine/batches/batch.js';
import {
  createEngine,
  type EngineOptions,
  type RunningEngine,
} from '../../src/engine/create-engine.js';
import { connectDatabase, type Database } from '../../src/engine/db/connection.js';
import { createFileStore } from '../../src/engine/images/file-store.js';
import { createPostgresRunQueue } from '../../src/engine/queue/bullmq-run-queue.js';
import type { RunQueue } from '../../src/engine/queue/run-queue.js';
import { createLocalSignals } from '../../src/engine/queue/signals.js';
import type { User } from '../../src/engine/users/user.js';
import { createTestDatabase } from './postgres.js';

export const silentLog = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });

/** Far more than anything here takes; only a defect waits for it. */
const patience = { timeout: 40_000, interval: 10 };

export interface EngineHarness {
  readonly engine: RunningEngine;
  readonly db: Database;
  readonly connectionString: string;
  readonly folder: string;
  readonly user: (name: string) => Promise<User>;
  readonly submit: (
    user: User,
    tasks?: readonly Partial<TaskRequest>[],
    change?: Partial<SubmitRequest>,
  ) => Promise<string>;
  /** Waits until the batch is as the check wants it. */
  readonly until: (batchId: string, check: (batch: BatchView) => boolean) => Promise<BatchView>;
  /** Another process of the same installation, as far as the record can tell. */
  readonly another: (options?: Partial<EngineOptions>) => RunningEngine;
  readonly close: () => Promise<void>;
}

/** One pool named `main` of the given backends. */
export function poolOf(backends: readonly Backend[], concurrency = 4, slots = 4): Pool {
  return {
    name: 'main',
    concurrency,
    hidden: false,
    instances: backends.map((backend) => ({ backend, slots })),
  };
}

/** A whole engine on a database of its own, with quick timers. */
export async function startEngine(
  pools: readonly Pool[],
  options: Partial<EngineOptions> & { readonly queueOf?: (url: string) => RunQueue } = {},
): Promise<EngineHarness> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'easel-engine-'));
  const db = connectDatabase({ connectionString: database.connectionString, log: silentLog });
  const { queueOf, ...rest } = options;
  const queue =
    queueOf?.(database.connectionString) ??
    createPostgresRunQueue({ connectionString: database.connectionString, log: silentLog });
  await queue.ready();
  const engines: RunningEngine[] = [];
  const queues = [queue];
  const make = (given: Partial<EngineOptions> = {}): RunningEngine => {
    const engine = createEngine({
      db,
      queue,
      signals: createLocalSignals(),
      store: createFileStore(join(folder, 'images')),
      pools,
      log: silentLog,
      graceMs: 100,
      sweepEveryMs: 100,
      times: {
        leaseMs: 1_000,
        renewEveryMs: 200,
        detachAfterMs: 1_000,
        silenceMs: 60_000,
        silenceWithoutProgressMs: 60_000,
      },
      healthTimes: {
        checkEveryMs: 100,
        recheckMs: 50,
        timeoutMs: 2_000,
        deadAfterMs: 300,
        restMs: 200,
      },
      ...given,
    });
    engines.push(engine);
    if (given.queue) queues.push(given.queue);
    return engine;
  };
  const engine = make(rest);
  engine.startWorker();
  let updates = 0;

  return {
    engine,
    db,
    connectionString: database.connectionString,
    folder,
    user: (name) =>
      engine.ensureUser({ platform: 'telegram', platformUserId: name, name, locale: 'en' }),
    async submit(user, tasks = [{}], change = {}) {
      updates += 1;
      const { batchId } = await engine.submit({
        user,
        scopeId: 'telegram:1',
        origin: 'imagine',
        update: { platform: 'telegram', key: `update-${updates}` },
        prompt: 'a lighthouse',
        private: false,
        address: { chatId: 1 },
        ...change,
        tasks: tasks.map((task) => ({
          operation: 'generate' as const,
          prompt: 'a lighthouse',
          count: 1,
          ...task,
        })),
      });
      return batchId;
    },
    async until(batchId, check) {
      return vi.waitFor(async () => {
        const batch = await engine.batch(batchId);
        expect(batch && check(batch), JSON.stringify(batch)).toBe(true);
        return batch as BatchView;
      }, patience);
    },
    another: make,
    async close() {
      for (const running of engines) await running.stopWorker();
      for (const open of queues) await open.close();
      await db.destroy();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for a condition with a generous limit. */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, patience);
}
