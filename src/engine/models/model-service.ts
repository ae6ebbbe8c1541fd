import type { Pools } from '../backends/pools.js';
import type { Database } from '../db/connection.js';
import type { Transact } from '../db/transact.js';
import { EngineError } from '../engine-error.js';
import { globalScope, readSettings, writeSetting } from '../settings/setting.repository.js';
import { hiddenModelsKey, hiddenModelsOf } from './model-visibility.js';

export interface ListedModel {
  readonly name: string;
  readonly pool: string;
  readonly hidden: boolean;
}

export interface ModelService {
  /** All that the backends have, hidden ones too. */
  list(): Promise<readonly ListedModel[]>;
  /** Hides a model from everybody but administrators, or offers it again. @throws EngineError unknown-model */
  setHidden(name: string, hidden: boolean, userId: string): Promise<readonly ListedModel[]>;
}

export function createModelService(db: Database, transact: Transact, pools: Pools): ModelService {
  const readHidden = async (executor: Parameters<typeof readSettings>[0]) =>
    hiddenModelsOf(
      (await readSettings(executor, globalScope, [hiddenModelsKey])).get(hiddenModelsKey),
    );

  const listWith = async (hidden: ReadonlySet<string>): Promise<ListedModel[]> =>
    (await pools.models()).map(({ name, pool }) => ({
      name,
      pool: pool.name,
      hidden: hidden.has(name.toLowerCase()),
    }));

  return {
    list: async () => listWith(await readHidden(db)),

    async setHidden(name, hidden, userId) {
      const wanted = name.trim().toLowerCase();
      const known = await pools.models();
      return transact(async (trx) => {
        const before = await readHidden(trx);
        const isKnown = known.some((model) => model.name.toLowerCase() === wanted);
        // What is hidden may be shown again though its backend is away.
        if (!isKnown && !(before.has(wanted) && !hidden)) {
          const nearest = known.slice(0, 3).map((model) => model.name);
          throw new EngineError({ kind: 'unknown-model', model: name, nearest });
        }
        const others = [...before].filter((each) => each !== wanted);
        const after = hidden ? [...others, wanted] : others;
        const change = { scopeId: globalScope, key: hiddenModelsKey, value: after, userId };
        await writeSetting(trx, change);
        return listWith(new Set(after));
      });
    },
  };
}
