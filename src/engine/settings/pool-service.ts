import { countRunning, countWaitingIn, reweighLanes } from '../admission/lane.repository.js';
import type { Pool, Pools } from '../backends/pools.js';
import type { Database, Transaction } from '../db/connection.js';
import type { Transact } from '../db/transact.js';
import type { Engine, PoolInfo } from '../engine.js';
import { EngineError } from '../engine-error.js';
import { readPoolSettings, writeConcurrency, writePaused } from './pool-settings.js';
import { writeWeight } from './weight.js';

type PoolService = Pick<
  Engine,
  'pools' | 'setConcurrency' | 'pausePool' | 'resumePool' | 'setWeight'
>;

/** What administrators see and set of pools, and of people's shares in them. */
export function createPoolService(db: Database, transact: Transact, pools: Pools): PoolService {
  const visiblePools = () => pools.all.filter((pool) => !pool.hidden);

  async function poolInfo(pool: Pool): Promise<PoolInfo> {
    const [settings, running, waiting] = await Promise.all([
      readPoolSettings(db, pool),
      countRunning(db, pool.name),
      countWaitingIn(db, pool.name),
    ]);
    return {
      name: pool.name,
      ...settings,
      waiting,
      running: [...running.values()].reduce((sum, count) => sum + count, 0),
    };
  }

  /** Changes settings of one visible pool, or of all. @throws EngineError unknown-pool */
  async function changePools(
    poolName: string | undefined,
    write: (trx: Transaction, pool: string) => Promise<void>,
  ): Promise<PoolInfo[]> {
    const visible = visiblePools();
    const chosen = visible.filter(({ name }) => poolName === undefined || name === poolName);
    if (chosen.length === 0) {
      const names = visible.map(({ name }) => name);
      throw new EngineError({ kind: 'unknown-pool', pool: poolName ?? '', pools: names });
    }
    await transact(async (trx, effects) => {
      for (const { name } of chosen) {
        await write(trx, name);
        effects.wake(name);
      }
    });
    return Promise.all(chosen.map(poolInfo));
  }

  return {
    pools: () => Promise.all(visiblePools().map(poolInfo)),
    setConcurrency: (pool, value, { userId }) =>
      changePools(pool, (trx, name) => writeConcurrency(trx, name, value, userId)),
    pausePool: (pool, { userId }) =>
      changePools(pool, (trx, name) => writePaused(trx, name, true, userId)),
    resumePool: (pool, { userId }) =>
      changePools(pool, (trx, name) => writePaused(trx, name, false, userId)),
    setWeight: (userId, weight, actor) =>
      transact(async (trx) => {
        await writeWeight(trx, userId, weight, actor.userId);
        await reweighLanes(trx, userId, weight);
      }),
  };
}
