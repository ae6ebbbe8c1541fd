import type { Logger } from 'pino';
import type { InstanceHealth } from '../backends/instance-health.js';
import type { Instance, Pool, Pools } from '../backends/pools.js';
import type { Database, Transaction } from '../db/connection.js';
import type { Effects, Transact } from '../db/transact.js';
import type { RunJob, RunQueue } from '../queue/run-queue.js';
import type { Signals } from '../queue/signals.js';
import { readPoolSettings } from '../settings/pool-settings.js';
import { beginTasks } from '../tasks/task-run.repository.js';
import { type PoolHold, tellHold, untellHolds } from '../tasks/waiting.repository.js';
import { planAdmission } from './admission-plan.js';
import type { UserCaps } from './fair-share.js';
import { fallBack } from './fallback.js';
import {
  advanceLanes,
  countRunning,
  isAnyoneWaiting,
  lockPool,
  readWaitingLanes,
} from './lane.repository.js';
import { createRefusedPools } from './refused-pool.js';

export interface AdmissionDependencies {
  readonly db: Database;
  readonly transact: Transact;
  readonly pools: Pools;
  readonly queue: RunQueue;
  readonly signals: Signals;
  readonly log: Logger;
  readonly health: Pick<InstanceHealth, 'admits' | 'stateOf'>;
  /** Running tasks of one user at a time, as settings have it now. */
  readonly readUserCaps: () => Promise<UserCaps>;
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
  const settleRefused = createRefusedPools(deps);
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
          if (await isAnyoneWaiting(deps.db, pool))
            state.again = (await admit(pools.pool(pool))) || state.again;
        }
      } catch (error) {
        log.warn({ err: error, pool }, 'Admission failed; the sweep tries again');
      } finally {
        active.delete(pool);
      }
    })();
    return state.done;
  }

  /** One pass. Returns whether another may find what this one did not. */
  async function admit(pool: Pool): Promise<boolean> {
    await fallBack(deps, pool);
    if (await settleRefused(pool)) return false;
    const { jobs, isContested } = await transact(async (trx, effects) => {
      await lockPool(trx, pool.name);
      const { slots, hold } = await readRoom(trx, pool);
      await tell(trx, effects, pool.name, hold);
      if (slots.length === 0) return { jobs: [], isContested: false };
      const userCaps = await deps.readUserCaps();
      const lanes = await readWaitingLanes(trx, pool.name, slots, userCaps);
      const plan = planAdmission(lanes, slots, userCaps);
      if (plan.admitted.length === 0) return { jobs: [], isContested: false };
      const begun = await beginTasks(trx, effects, plan.admitted);
      await advanceLanes(trx, pool.name, plan);
      // Some were cancelled between the look and the update.
      return { jobs: begun, isContested: begun.length < plan.admitted.length };
    });
    await Promise.all(jobs.map(enqueue));
    return isContested;
  }

  /** The record has the run already: what fails here, the recovery adds again. */
  async function enqueue(job: RunJob): Promise<void> {
    try {
      await queue.add(job);
    } catch (error) {
      log.warn({ err: error, ...job }, 'The queue did not take a run; it is added again soon');
    }
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
