import type { Logger } from 'pino';
import type { Pool, Pools } from '../backends/pools.js';
import type { Transaction } from '../db/connection.js';
import type { Transact } from '../db/transact.js';
import type { RunJob, RunQueue } from '../queue/run-queue.js';
import type { Signals } from '../queue/signals.js';
import { readConcurrency } from '../settings/concurrency.js';
import { insertRun } from '../tasks/run.repository.js';
import { beginTask } from '../tasks/task.repository.js';
import { advance, pickLane } from './fair-share.js';
import { advanceLane, countRunning, lockPool, readWaitingLanes } from './lane.repository.js';

export interface AdmissionDependencies {
  readonly transact: Transact;
  readonly pools: Pools;
  readonly queue: RunQueue;
  readonly signals: Signals;
  readonly log: Logger;
  /** Running tasks of one user at a time, while others wait. */
  readonly userCap: number;
}

export interface Admission {
  start(): void;
  /** Admits what may run now, in every pool. For the sweep; signals do the same for one pool. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

/** Decides what may run now, writes it down as runs, and only then gives it to the queue. */
export function createAdmission(deps: AdmissionDependencies): Admission {
  const { transact, pools, queue, signals, log } = deps;
  const active = new Map<string, { again: boolean; done: Promise<void> }>();
  let unsubscribe: (() => void) | undefined;
  let stopped = false;

  /** A wake-up during an admission makes one more, however many they are. */
  function wake(pool: string): Promise<void> {
    if (stopped || !pools.all.some(({ name }) => name === pool)) return Promise.resolve();
    const running = active.get(pool);
    if (running) {
      running.again = true;
      return running.done;
    }
    const state = { again: true, done: Promise.resolve() };
    active.set(pool, state);
    state.done = (async () => {
      try {
        while (state.again && !stopped) {
          state.again = false;
          await admit(pools.pool(pool));
        }
      } catch (error) {
        log.warn({ err: error, pool }, 'Admission failed; the sweep tries again');
      } finally {
        active.delete(pool);
      }
    })();
    return state.done;
  }

  async function admit(pool: Pool): Promise<void> {
    const jobs = await transact(async (trx, effects) => {
      await lockPool(trx, pool.name);
      const slots = await freeSlots(trx, pool);
      const admitted: RunJob[] = [];
      for (const instance of slots) {
        const lane = pickLane(await readWaitingLanes(trx, pool.name), deps.userCap);
        if (!lane) break;
        const begun = await beginTask(trx, effects, lane.taskId);
        // Cancelled between the look and the update: the next look finds another.
        if (!begun) continue;
        const job = { taskId: lane.taskId, run: begun.run };
        await insertRun(trx, { ...job, pool: pool.name, userId: lane.userId, instance });
        await advanceLane(trx, pool.name, lane, advance(lane));
        admitted.push(job);
      }
      return admitted;
    });
    for (const job of jobs) await enqueue(job);
  }

  /** The record has the run already: what fails here, the recovery adds again. */
  async function enqueue(job: RunJob): Promise<void> {
    try {
      await queue.add(job);
    } catch (error) {
      log.warn({ err: error, ...job }, 'The queue did not take a run; it is added again soon');
    }
  }

  /** Instances with room, one entry a slot, the emptiest first, as many as may run now. */
  async function freeSlots(trx: Transaction, pool: Pool): Promise<string[]> {
    const concurrency = await readConcurrency(trx, pool.name, pool.concurrency);
    const running = await countRunning(trx, pool.name);
    const total = [...running.values()].reduce((sum, count) => sum + count, 0);
    const free: { name: string; load: number }[] = [];
    for (const { backend, slots } of pool.instances) {
      for (let taken = running.get(backend.name) ?? 0; taken < slots; taken += 1) {
        free.push({ name: backend.name, load: taken / slots });
      }
    }
    return free
      .sort((a, b) => a.load - b.load)
      .slice(0, Math.max(0, concurrency - total))
      .map(({ name }) => name);
  }

  return {
    start() {
      unsubscribe = signals.subscribe('wake', ({ pool }) => void wake(pool));
    },
    async sweep() {
      await Promise.all(pools.all.map(({ name }) => wake(name)));
    },
    async stop() {
      stopped = true;
      unsubscribe?.();
      await Promise.all([...active.values()].map(({ done }) => done));
    },
  };
}
