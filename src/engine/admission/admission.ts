import type { Logger } from 'pino';
import type { InstanceHealth } from '../backends/instance-health.js';
import type { Instance, Pool, Pools } from '../backends/pools.js';
import type { Transaction } from '../db/connection.js';
import type { Effects, Transact } from '../db/transact.js';
import type { RunJob, RunQueue } from '../queue/run-queue.js';
import type { Signals } from '../queue/signals.js';
import { readPoolSettings } from '../settings/pool-settings.js';
import { findInterruptedHandle, insertRun } from '../tasks/run.repository.js';
import { beginTask } from '../tasks/task.repository.js';
import { type PoolHold, tellHold, untellHolds } from '../tasks/waiting.repository.js';
import { advance, pickLane, type UserCaps } from './fair-share.js';
import { fallBack } from './fallback.js';
import { advanceLane, countRunning, lockPool, readWaitingLanes } from './lane.repository.js';

export interface AdmissionDependencies {
  readonly transact: Transact;
  readonly pools: Pools;
  readonly queue: RunQueue;
  readonly signals: Signals;
  readonly log: Logger;
  readonly health: Pick<InstanceHealth, 'admits' | 'stateOf'>;
  readonly userCaps: UserCaps;
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
  /** Pools of which no task says any more that they take nothing. */
  const untold = new Set<string>();
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
    await fallBack(deps, pool);
    const jobs = await transact(async (trx, effects) => {
      await lockPool(trx, pool.name);
      const { slots, hold } = await readRoom(trx, pool);
      await tell(trx, effects, pool.name, hold);
      const admitted: RunJob[] = [];
      while (slots.length > 0) {
        const lanes = await readWaitingLanes(trx, pool.name, slots, deps.userCaps);
        const lane = pickLane(lanes, deps.userCaps);
        if (!lane) break;
        const at = lane.pinnedInstance === null ? 0 : slots.indexOf(lane.pinnedInstance);
        const [instance = ''] = slots.splice(at, 1);
        const begun = await beginTask(trx, effects, lane.taskId);
        // Cancelled between the look and the update: the next look finds another.
        if (!begun) continue;
        const job = { taskId: lane.taskId, run: begun.run };
        const handle = await handleBefore(trx, job, instance);
        await insertRun(trx, { ...job, pool: pool.name, userId: lane.userId, instance, handle });
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

  /** What a run that this instance may still have has left, so that it need not begin anew. */
  async function handleBefore(trx: Transaction, { taskId, run }: RunJob, instance: string) {
    return run === 1 ? null : findInterruptedHandle(trx, { taskId, run: run - 1 }, instance);
  }

  /** Keeps what waiting tasks say of their pool true. */
  async function tell(trx: Transaction, effects: Effects, pool: string, hold: PoolHold | null) {
    if (hold === null && untold.has(pool)) return;
    await untellHolds(trx, effects, pool, hold);
    if (hold === null) untold.add(pool);
    else {
      untold.delete(pool);
      await tellHold(trx, effects, pool, hold);
    }
  }

  /**
   * Instances with room, one entry a slot, the emptiest first, as many as may run now; and why there
   * will be none, where that is so.
   */
  async function readRoom(
    trx: Transaction,
    pool: Pool,
  ): Promise<{ readonly slots: string[]; readonly hold: PoolHold | null }> {
    const { concurrency, paused, drained } = await readPoolSettings(trx, pool);
    if (paused) return { slots: [], hold: 'paused' };
    const running = await countRunning(trx, pool.name);
    const total = [...running.values()].reduce((sum, count) => sum + count, 0);
    const free: { name: string; load: number }[] = [];
    const offered = pool.instances.filter(({ backend }) => !drained.has(backend.name));
    const well = offered.filter(({ backend }) => deps.health.admits(backend.name));
    // Another process may reach what this one does not.
    if (well.length === 0 && total === 0) return { slots: [], hold: holdOf(offered) };
    for (const { backend, slots } of well) {
      for (let taken = running.get(backend.name) ?? 0; taken < slots; taken += 1) {
        free.push({ name: backend.name, load: taken / slots });
      }
    }
    const slots = free
      .sort((a, b) => a.load - b.load)
      .slice(0, Math.max(0, concurrency - total))
      .map(({ name }) => name);
    return { slots, hold: null };
  }

  function holdOf(offered: readonly Instance[]): PoolHold {
    if (offered.length === 0) return 'paused';
    const states = offered.map(({ backend }) => deps.health.stateOf(backend.name));
    return states.every((state) => state === 'exhausted') ? 'quota' : 'unavailable';
  }

  return {
    start() {
      unsubscribe = signals.subscribe('wake', ({ pool }) => void wake(pool));
    },
    async sweep() {
      // Another process may have told since.
      untold.clear();
      await Promise.all(pools.all.map(({ name }) => wake(name)));
    },
    async stop() {
      stopped = true;
      unsubscribe?.();
      await Promise.all([...active.values()].map(({ done }) => done));
    },
  };
}
