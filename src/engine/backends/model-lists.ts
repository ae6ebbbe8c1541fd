import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Backend, BackendModel } from './backend.js';

const modelsTtlMs = 60_000;
/** After a round in which the backend did not answer. */
const failureTtlMs = 10_000;
const modelsTimeoutMs = 3_000;
const firstAnswerPatienceMs = 500;

/** What backends say that they have, remembered: nobody waits for a list twice. */
export interface ModelLists {
  /**
   * The models that all of these backends have, in the first one's order; of those that were ever
   * heard of. Where they have none in common, the first one's. What is left out is told to operators.
   */
  shared(backends: readonly Backend[]): Promise<readonly BackendModel[]>;
}

interface KnownModels {
  readonly freshUntil: number;
  readonly models: readonly BackendModel[];
}

export function createModelLists(log: Logger, now: () => number): ModelLists {
  const known = new WeakMap<Backend, KnownModels>();
  const pending = new WeakMap<Backend, Promise<readonly BackendModel[]>>();

  /** A command waits for a first answer only briefly, and never for a fresh one. */
  async function modelsOf(backend: Backend): Promise<readonly BackendModel[]> {
    const cached = known.get(backend);
    if (cached && now() < cached.freshUntil) return cached.models;
    const asking = pending.get(backend) ?? ask(backend);
    pending.set(backend, asking);
    return cached?.models ?? Promise.race([asking, delay(firstAnswerPatienceMs, [])]);
  }

  async function ask(backend: Backend): Promise<readonly BackendModel[]> {
    try {
      return keep(backend, await backend.models(AbortSignal.timeout(modelsTimeoutMs)), modelsTtlMs);
    } catch (error) {
      log.warn({ err: error, backend: backend.name }, 'A backend does not tell its models');
      return keep(backend, known.get(backend)?.models ?? [], failureTtlMs);
    }
  }

  function keep(backend: Backend, models: readonly BackendModel[], ttlMs: number) {
    known.set(backend, { freshUntil: now() + ttlMs, models });
    pending.delete(backend);
    return models;
  }

  /** By the first backend of a group, so that each change is told once. */
  const told = new WeakMap<Backend, string>();
  function tellLeftOut(
    [first]: readonly Backend[],
    lists: readonly (readonly BackendModel[])[],
    offered: readonly BackendModel[],
  ): void {
    const all = new Map(lists.flat().map(({ id, name }) => [id, name]));
    for (const { id } of offered) all.delete(id);
    const names = [...all.values()].sort();
    if (!first || (told.get(first) ?? '') === names.join()) return;
    told.set(first, names.join());
    if (names.length === 0) return;
    const message = 'Models that not all backends of a pool have are not offered; give them a pool';
    log.warn({ backend: first.name, models: names }, message);
  }

  return {
    async shared(backends) {
      const lists = await Promise.all(backends.map(modelsOf));
      const [first = [], ...others] = lists.filter((models) => models.length > 0);
      const common = first.filter(({ id }) =>
        others.every((models) => models.some((model) => model.id === id)),
      );
      const offered = common.length > 0 ? common : first;
      tellLeftOut(backends, lists, offered);
      return offered;
    },
  };
}
