import type { Logger } from 'pino';
import type { InstanceHealth } from '../backends/instance-health.js';
import { type Pool, type Pools, routeInto } from '../backends/pools.js';
import { adaptRequest } from '../backends/request-adaptation.js';
import type { Database } from '../db/connection.js';
import type { Transact } from '../db/transact.js';
import { readPoolSettings } from '../settings/pool-settings.js';
import {
  lockTransferableTasks,
  type TransferableTask,
  transferTasks,
} from '../tasks/transfer.repository.js';
import { lockPool } from './lane.repository.js';

export interface ServingDependencies {
  readonly db: Database;
  readonly pools: Pools;
  readonly health: Pick<InstanceHealth, 'admits'>;
}

export interface FallbackDependencies extends ServingDependencies {
  readonly transact: Transact;
  readonly log: Logger;
}

/** Names of the pool's backends that may be given runs: well, as this process sees, and not drained. */
async function servingIn({ db, health }: ServingDependencies, pool: Pool): Promise<string[]> {
  const names = pool.instances.map(({ backend }) => backend.name);
  const well = names.filter((name) => health.admits(name));
  if (well.length === 0) return [];
  const { drained } = await readPoolSettings(db, pool);
  return well.filter((name) => !drained.has(name));
}

/** The pool that takes what waits in this one, while nobody here can and somebody there. */
async function fallbackOf(deps: ServingDependencies, pool: Pool): Promise<Pool | undefined> {
  if (pool.fallback === undefined || (await servingIn(deps, pool)).length > 0) return undefined;
  const other = deps.pools.all.find(({ name }) => name === pool.fallback);
  return other && (await servingIn(deps, other)).length > 0 ? other : undefined;
}

/** Whether what this backend could not do may be given to another, of its pool or of the fallback. */
export async function mayGoElsewhere(
  deps: ServingDependencies,
  poolName: string,
  backend: string,
): Promise<boolean> {
  const pool = deps.pools.all.find(({ name }) => name === poolName);
  if (!pool) return false;
  const others = (await servingIn(deps, pool)).filter((name) => name !== backend);
  return others.length > 0 || (await fallbackOf(deps, pool)) !== undefined;
}

/** Moves what waits in a pool that is away or exhausted to its fallback, as near as that can do it. */
export async function fallBack(deps: FallbackDependencies, pool: Pool): Promise<void> {
  const { pools, log } = deps;
  const target = await fallbackOf(deps, pool);
  if (!target) return;
  const known = await pools.models();
  const names = new Set(known.filter((model) => model.pool === target).map(({ name }) => name));
  const moved = await deps.transact(async (trx, effects) => {
    await lockPool(trx, pool.name);
    if ((await readPoolSettings(trx, pool)).paused) return 0;
    const waiting = await lockTransferableTasks(trx, pool.name);
    const able = waiting.flatMap((task) => asItRunsIn(target, names, task, pool.name) ?? []);
    if (able.length > 0) await transferTasks(trx, effects, able, target.name);
    return able.length;
  });
  if (moved > 0) {
    log.info({ pool: pool.name, fallback: target.name, tasks: moved }, 'Tasks go to another pool');
  }
}

/** Its model by the same name, else the other pool's default. Undefined where it can't be done there. */
function asItRunsIn(
  target: Pool,
  models: ReadonlySet<string>,
  task: TransferableTask,
  from: string,
): TransferableTask | undefined {
  const { model, ...rest } = task.request;
  const route = routeInto(target, rest);
  if (!route) return undefined;
  const isKnown = model !== undefined && models.has(model);
  const { request, notes } = adaptRequest(
    { ...rest, operation: route.operation, ...(isKnown ? { model } : {}) },
    route.capabilities,
  );
  const moved = { kind: 'moved', from: model ?? from, to: target.name } as const;
  return { id: task.id, request, notes: [...task.notes, moved, ...notes] };
}
