import { setTimeout as delay } from 'node:timers/promises';
import { distance } from 'fastest-levenshtein';
import type { Logger } from 'pino';
import { EngineError } from '../engine-error.js';
import type { Backend, ModelCapabilities, Operation } from './backend.js';

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
}

/** A model as people choose it. */
export interface PoolModel {
  readonly name: string;
  readonly id: string;
  readonly pool: Pool;
  readonly capabilities?: Partial<ModelCapabilities>;
}

/** What a model can do; what its pool can, where it does not say. */
export function capabilitiesOf(model: PoolModel): ModelCapabilities | undefined {
  const shared = model.pool.instances[0]?.backend.capabilities;
  return shared && { ...shared, ...model.capabilities };
}

/** What of a task decides which backends can have it. */
export interface TaskWish {
  readonly operation: Operation;
  readonly model?: string;
  readonly referenceIds?: readonly string[];
}

export interface Pools {
  readonly all: readonly Pool[];
  /** @throws when no such pool is configured (any more) */
  pool(name: string): Pool;
  backend(pool: string, instance: string): Backend | undefined;
  /** What can be asked for; the first is the default. Empty while no backend has answered yet. */
  models(): Promise<readonly PoolModel[]>;
  /**
   * Where a task goes: to its model's pool, or the first that can do it where it names none.
   * @throws EngineError unknown-model, cannot
   */
  route(
    wish: TaskWish,
  ): Promise<{ readonly pool: Pool; readonly operation: Operation; readonly model?: PoolModel }>;
}

const modelsTtlMs = 60_000;
/** After a round in which nobody answered. */
const failureTtlMs = 10_000;
const modelsTimeoutMs = 3_000;
const firstAnswerPatienceMs = 500;

export function createPools(pools: readonly Pool[], log: Logger, now: () => number): Pools {
  const known = new Map<
    string,
    { readonly freshUntil: number; readonly models: readonly PoolModel[] }
  >();
  const pending = new Map<string, Promise<readonly PoolModel[]>>();

  /**
   * The models of a pool: of the first instance that answers, and what was known while none does.
   * A command waits for a first answer only briefly, and never for a fresh one.
   */
  async function modelsOf(pool: Pool): Promise<readonly PoolModel[]> {
    const cached = known.get(pool.name);
    if (cached && now() < cached.freshUntil) return cached.models;
    const asking = pending.get(pool.name) ?? askForModels(pool);
    pending.set(pool.name, asking);
    return cached?.models ?? Promise.race([asking, delay(firstAnswerPatienceMs, [])]);
  }

  async function askForModels(pool: Pool): Promise<readonly PoolModel[]> {
    for (const { backend } of pool.instances) {
      try {
        const models = await backend.models(AbortSignal.timeout(modelsTimeoutMs));
        const named = models.map((model) => ({ ...model, pool }));
        return keepModels(pool, named, modelsTtlMs);
      } catch (error) {
        log.warn({ err: error, backend: backend.name }, 'A backend does not tell its models');
      }
    }
    return keepModels(pool, known.get(pool.name)?.models ?? [], failureTtlMs);
  }

  function keepModels(pool: Pool, models: readonly PoolModel[], ttlMs: number) {
    known.set(pool.name, { freshUntil: now() + ttlMs, models });
    pending.delete(pool.name);
    return models;
  }

  const listed = pools.filter((pool) => !pool.hidden);

  async function models(): Promise<readonly PoolModel[]> {
    return (await Promise.all(listed.map(modelsOf))).flat();
  }

  /** The operation as the pool can do it: `vary` is an edit where it has no variation of its own. */
  function operationIn(pool: Pool, wish: TaskWish, model?: PoolModel): Operation | undefined {
    const { operation, referenceIds } = wish;
    // What enlarges a picture need not be what made it.
    const isModels = model?.pool === pool && operation !== 'upscale';
    const can = isModels ? capabilitiesOf(model) : pool.instances[0]?.backend.capabilities;
    if (!can || (referenceIds?.length ?? 0) > can.references) return undefined;
    if (can.operations.has(operation)) return operation;
    return operation === 'vary' && can.operations.has('edit') ? 'edit' : undefined;
  }

  return {
    all: pools,
    models,
    pool(name) {
      const found = pools.find((pool) => pool.name === name);
      if (!found) throw new Error(`No pool named ${JSON.stringify(name)} is configured`);
      return found;
    },
    backend(poolName, instance) {
      return pools
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
        throw new EngineError({
          kind: 'unknown-model',
          model: modelName,
          nearest: nearestNames(
            modelName,
            available.map(({ name }) => name),
          ),
        });
      }
      const preferred = model ? [model.pool] : listed;
      const candidates = operation === 'upscale' ? [...preferred, ...pools] : preferred;
      for (const pool of candidates) {
        const possible = operationIn(pool, wish, model);
        if (possible)
          return { pool, operation: possible, ...(model?.pool === pool ? { model } : {}) };
      }
      const references = wish.referenceIds?.length ?? 0;
      throw new EngineError({ kind: 'cannot', operation, references, model: modelName ?? '' });
    },
  };
}

/** Up to three names that are spelt most alike. */
function nearestNames(wanted: string, names: readonly string[]): string[] {
  return [...names]
    .map((name) => ({ name, far: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => name);
}
