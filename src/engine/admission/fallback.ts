import type { Logger } from 'pino';
import type { InstanceHealth } from '../backends/instance-health.js';
import { type Pool, type Pools, routeInto } from '../backends/pools.js';
import { adaptRequest } from '../backends/request-adaptation.js';
import type { Transact } from '../db/transact.js';
import { readPoolSettings } from '../settings/pool-settings.js';
import {
  lockTransferableTasks,
  type TransferableTask,
  transferTasks,
} from '../tasks/transfer.repository.js';
import { lockPool } from './lane.repository.js';

export interface FallbackDependencies {
  readonly transact: Transact;
  readonly pools: Pools;
  readonly health: Pick<InstanceHealth, 'admits'>;
  readonly log: Logger;
}

/** The pool that takes what waits in this one, while nobody here can and somebody there. */
export function fallbackOf(
  pool: Pool,
  all: readonly Pool[],
  health: Pick<InstanceHealth, 'admits'>,
): Pool | undefined {
  const isServed = ({ instances }: Pool) =>
    instances.some(({ backend }) => health.admits(backend.name));
  if (pool.fallback === undefined || isServed(pool)) return undefined;
  const other = all.find(({ name }) => name === pool.fallback);
  return other && isServed(other) ? other : undefined;
}

/** Moves what waits in a pool that is away or exhausted to its fallback, as near as that can do it. */
export async function fallBack(deps: FallbackDependencies, pool: Pool): Promise<void> {
  const { pools, log } = deps;
  const target = fallbackOf(pool, pools.all, deps.health);
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
