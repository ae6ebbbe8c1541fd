import type { InstanceHealth } from '../backends/instance-health.js';
import type { Pool } from '../backends/pools.js';
import type { Database } from '../db/connection.js';
import type { Transact } from '../db/transact.js';
import { readPoolSettings } from '../settings/pool-settings.js';
import { failTask } from '../tasks/task.repository.js';
import { findUnbegunTasks } from '../tasks/waiting.repository.js';
import { countRunning } from './lane.repository.js';

export interface RefusedPoolDependencies {
  readonly db: Database;
  readonly transact: Transact;
  readonly health: Pick<InstanceHealth, 'stateOf'>;
  readonly nowMs?: () => number;
}

/** Another process that can run a task has begun it by then. */
const patienceMs = 1_500;

const failure = { kind: 'misconfigured', text: null, billed: 'no' } as const;

/**
 * Looks after pools whose backends refuse us, and will until an operator mends the settings: what
 * waits there would wait in vain, and fails (docs/decisions/0022). Health is each process's own, and
 * another may have a better key: nothing fails while anything runs there, nor at the first look.
 */
export function createRefusedPools(deps: RefusedPoolDependencies) {
  const { db, transact, health, nowMs = () => performance.now() } = deps;
  /** Since when this process has seen a task wait in vain, by pool. */
  const seen = new Map<string, ReadonlyMap<string, number>>();

  /** All that may be given runs, as far as this process sees; a drained one may not. */
  async function offeredIn(pool: Pool): Promise<string[]> {
    const { paused, drained } = await readPoolSettings(db, pool);
    // Whoever paused it may be about to mend the settings.
    if (paused) return [];
    return pool.instances.map(({ backend }) => backend.name).filter((name) => !drained.has(name));
  }

  const isRefused = (name: string) => health.stateOf(name) === 'misconfigured';

  /** Whether the pool refuses this process. Fails what has waited there for long enough to tell. */
  return async function settle(pool: Pool): Promise<boolean> {
    const before = seen.get(pool.name);
    seen.delete(pool.name);
    if (!pool.instances.some(({ backend }) => isRefused(backend.name))) return false;
    const offered = await offeredIn(pool);
    if (offered.length === 0 || !offered.every(isRefused)) return false;
    const running = await countRunning(db, pool.name);
    if (offered.some((name) => running.has(name))) return true;
    const waiting = await findUnbegunTasks(db, pool.name);
    const since = new Map(waiting.map((taskId) => [taskId, before?.get(taskId) ?? nowMs()]));
    seen.set(pool.name, since);
    // One at a time: each locks its person's lane.
    for (const [taskId, seenAtMs] of since) {
      if (nowMs() - seenAtMs < patienceMs) continue;
      await transact((trx, effects) =>
        failTask(trx, effects, { taskId, from: 'pending' }, failure),
      );
    }
    return true;
  };
}
