import type { Pools, TaskWish } from '../backends/pools.js';
import { EngineError } from '../engine-error.js';
import { entriesOf } from '../rules/rule.js';

/** The global setting with the models that are not offered, in lower case. */
export const hiddenModelsKey = 'models.hidden';

export function hiddenModelsOf(setting: unknown): ReadonlySet<string> {
  return new Set(entriesOf(setting));
}

type Route = Awaited<ReturnType<Pools['route']>>;

/**
 * Where a task goes, as `pools.route` says it, but never to a hidden model: one that is named is
 * said not to exist, and one that would be the default leaves its place to the next that can do it.
 * @throws EngineError unknown-model, cannot
 */
export async function routeAround(
  pools: Pools,
  wish: TaskWish,
  hidden: ReadonlySet<string>,
): Promise<Route> {
  const route = await pools.route(wish);
  if (hidden.size === 0) return route;
  const models = await pools.models();
  const isHidden = (name: string) => hidden.has(name.toLowerCase());
  const offered = models.filter(({ name }) => !isHidden(name));
  if (route.model) {
    if (!isHidden(route.model.name)) return route;
    const nearest = offered.slice(0, 3).map(({ name }) => name);
    throw new EngineError({ kind: 'unknown-model', model: wish.model ?? '', nearest });
  }
  // Without a name, a pool runs its first model; enlarging needs none.
  const byDefault = models.find(({ pool }) => pool === route.pool);
  if (wish.operation === 'upscale' || !byDefault || !isHidden(byDefault.name)) return route;
  for (const { name } of offered) {
    const other = await pools.route({ ...wish, model: name }).catch((error: unknown) => {
      if (error instanceof EngineError) return undefined;
      throw error;
    });
    if (other) return other;
  }
  const references = wish.referenceIds?.length ?? 0;
  throw new EngineError({ kind: 'cannot', operation: wish.operation, references, model: '' });
}
