import { randomInt } from 'node:crypto';
import type { Pools, Route } from '../backends/pools.js';
import { type AdaptedRequest, adaptRequest } from '../backends/request-adaptation.js';
import { createId } from '../ids.js';
import { routeAround } from '../models/model-visibility.js';
import type { TaskRequest } from './batch.js';
import type { NewTask } from './submission.repository.js';

export interface RoutedTask {
  readonly task: TaskRequest;
  readonly route: Route;
}

const maxSeed = 2 ** 32 - 1;

/** @throws EngineError unknown-model, cannot */
export function routeTasks(
  pools: Pools,
  tasks: readonly TaskRequest[],
  hidden: ReadonlySet<string>,
): Promise<RoutedTask[]> {
  return Promise.all(
    tasks.map(async (task) => ({ task, route: await routeAround(pools, task, hidden) })),
  );
}

/** Tasks of the pools that will run them, in order from `firstOrdinal`. */
export function newTasks(routed: readonly RoutedTask[], firstOrdinal = 0): NewTask[] {
  return routed.map(({ task, route }, index) => ({
    id: createId(),
    ordinal: firstOrdinal + index,
    pool: route.pool.name,
    ...asItRuns(task, route),
    seed: isDrawn(route) ? (task.seed ?? randomInt(maxSeed)) : null,
  }));
}

/** An enlarged picture is the same whatever the seed. */
function isDrawn({ capabilities, operation }: Route): boolean {
  return capabilities.seed && operation !== 'upscale';
}

/** The pool's own operation, the model by its listed name, and what the pool cannot do left out. */
function asItRuns(task: TaskRequest, route: Route): AdaptedRequest {
  const { model: _asked, ...rest } = task;
  const routed = {
    ...rest,
    operation: route.operation,
    ...(route.model ? { model: route.model.name } : {}),
  };
  return adaptRequest(routed, route.capabilities);
}
