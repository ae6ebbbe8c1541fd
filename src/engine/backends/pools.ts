import { distance } from 'fastest-levenshtein';
import type { Logger } from 'pino';
import { EngineError } from '../engine-error.js';
import type { Backend, BackendCapabilities, ModelCapabilities, Operation } from './backend.js';
import { commonCapabilities } from './common-capabilities.js';
import { createModelLists } from './model-lists.js';

/** One backend in a pool. */
export interface Instance {
  readonly backend: Backend;
  /** Runs that it takes at the same time. */
  readonly slots: number;
}

/** Backends that serve the same models and share a queue. */
export interface Pool {
  readonly name: string;
  /** Tasks at the same time, until a setting says otherwise. */
  readonly concurrency: number;
  readonly instances: readonly Instance[];
  /** Serves only what no model was asked for (Lanczos): left out of lists of models. */
  readonly hidden: boolean;
  /** The pool that takes what waits here while none of these instances can. */
  readonly fallback?: string;
}

/** A model as people choose it. */
export interface PoolModel {
  readonly name: string;
  readonly id: string;
  readonly pool: Pool;
  readonly capabilities?: Partial<ModelCapabilities>;
}

/** What a model can do, on every instance of its pool. */
export function capabilitiesOf(model: PoolModel): BackendCapabilities | undefined {
  const shared = commonCapabilities(model.pool.instances.map(({ backend }) => backend));
  return shared && { ...shared, ...model.capabilities };
}

/** What of a task decides which backends can have it. */
export interface TaskWish {
  readonly operation: Operation;
  readonly model?: string;
  readonly referenceIds?: readonly string[];
}

/** Where a task goes. */
export interface Route {
  readonly pool: Pool;
  readonly operation: Operation;
  readonly model?: PoolModel;
  readonly capabilities: BackendCapabilities;
}

export interface Pools {
  /** As they are now: a reload replaces them. */
  readonly all: readonly Pool[];
  /** From now on, these. Returns the backends that are no longer among them. */
  replace(pools: readonly Pool[]): readonly Backend[];
  /** @throws when no such pool is configured (any more) */
  pool(name: string): Pool;
  backend(pool: string, instance: string): Backend | undefined;
  /** What can be asked for; the first is the default. Empty while no backend has answered yet. */
  models(): Promise<readonly PoolModel[]>;
  /**
   * Where a task goes: to its model's pool, or the first that can do it where it names none.
   * @throws EngineError unknown-model, cannot
   */
  route(wish: TaskWish): Promise<Route>;
}

export function createPools(initial: readonly Pool[], log: Logger, now: () => number): Pools {
  const lists = createModelLists(log, now);
  let current = initial;

  async function modelsOf(pool: Pool): Promise<readonly PoolModel[]> {
    const models = await lists.shared(pool.instances.map(({ backend }) => backend));
    return models.map((model) => ({ ...model, pool }));
  }

  const listed = () => current.filter((pool) => !pool.hidden);

  async function models(): Promise<readonly PoolModel[]> {
    return (await Promise.all(listed().map(modelsOf))).flat();
  }

  return {
    get all() {
      return current;
    },
    replace(next) {
      const kept = new Set(backendsOf(next));
      const left = backendsOf(current).filter((backend) => !kept.has(backend));
      current = next;
      return left;
    },
    models,
    pool(name) {
      const found = current.find((pool) => pool.name === name);
      if (!found) throw new Error(`No pool named ${JSON.stringify(name)} is configured`);
      return found;
    },
    backend(poolName, instance) {
      return current
        .find((pool) => pool.name === poolName)
        ?.instances.find(({ backend }) => backend.name === instance)?.backend;
    },
    async route(wish) {
      const { operation, model: modelName } = wish;
      const available = await models();
      const wanted = modelName?.toLowerCase();
      const model = wanted
        ? available.find(
            ({ name, id }) => name.toLowerCase() === wanted || id.toLowerCase() === wanted,
          )
        : undefined;
      if (modelName && !model && operation !== 'upscale') {
        const names = available.map(({ name }) => name);
        const nearest = nearestNames(modelName, names);
        throw new EngineError({ kind: 'unknown-model', model: modelName, nearest });
      }
      const preferred = model ? [model.pool] : listed();
      const candidates = operation === 'upscale' ? [...preferred, ...current] : preferred;
      for (const pool of candidates) {
        const route = routeInto(pool, wish, model);
        if (route) return { ...route, ...(model?.pool === pool ? { model } : {}) };
      }
      const references = wish.referenceIds?.length ?? 0;
      throw new EngineError({ kind: 'cannot', operation, references, model: modelName ?? '' });
    },
  };
}

/**
 * The way into a pool, any instance of which can do what is wished: `vary` is an edit where it has
 * no variation of its own. Undefined where it can't.
 */
export function routeInto(
  pool: Pool,
  wish: TaskWish,
  model?: PoolModel,
): Omit<Route, 'model'> | undefined {
  const { operation, referenceIds } = wish;
  // What enlarges a picture need not be what made it.
  const isModels = model?.pool === pool && operation !== 'upscale';
  const shared = commonCapabilities(pool.instances.map(({ backend }) => backend));
  const capabilities = isModels ? capabilitiesOf(model) : shared;
  if (!capabilities || (referenceIds?.length ?? 0) > capabilities.references) return undefined;
  if (capabilities.operations.has(operation)) return { pool, operation, capabilities };
  if (operation !== 'vary' || !capabilities.operations.has('edit')) return undefined;
  return { pool, operation: 'edit', capabilities };
}

function backendsOf(pools: readonly Pool[]): Backend[] {
  return pools.flatMap(({ instances }) => instances.map(({ backend }) => backend));
}

/** Up to three names that are spelt most alike. */
function nearestNames(wanted: string, names: readonly string[]): string[] {
  return [...names]
    .map((name) => ({ name, far: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => name);
}
