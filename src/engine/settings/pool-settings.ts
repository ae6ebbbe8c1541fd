import { z } from 'zod';
import type { Pool } from '../backends/pools.js';
import type { Database, Transaction } from '../db/connection.js';
import { EngineError } from '../engine-error.js';
import { globalScope, readSettings, writeSetting } from './setting.repository.js';

const concurrencyKey = (pool: string) => `concurrency.${pool}`;
const pausedKey = (pool: string) => `paused.${pool}`;
const drainedKey = (backend: string) => `drained.${backend}`;

/** What chat may set; more takes the configuration file. */
const chatConcurrency = z.number().int().min(1).max(10);

export interface PoolSettings {
  /** How many tasks of the pool may run at once: the setting, else the configuration's number. */
  readonly concurrency: number;
  /** Nothing of it begins; what runs goes on. */
  readonly paused: boolean;
  /** Names of its backends that get nothing new. */
  readonly drained: ReadonlySet<string>;
}

export async function readPoolSettings(
  db: Database | Transaction,
  pool: Pick<Pool, 'name' | 'concurrency' | 'instances'>,
): Promise<PoolSettings> {
  const backends = pool.instances.map(({ backend }) => backend.name);
  const keys = [concurrencyKey(pool.name), pausedKey(pool.name), ...backends.map(drainedKey)];
  const settings = await readSettings(db, globalScope, keys);
  const concurrency = settings.get(concurrencyKey(pool.name));
  return {
    concurrency: typeof concurrency === 'number' ? concurrency : pool.concurrency,
    paused: settings.get(pausedKey(pool.name)) === true,
    drained: new Set(backends.filter((name) => settings.get(drainedKey(name)) === true)),
  };
}

/** @throws EngineError bad-setting */
export async function writeConcurrency(
  trx: Transaction,
  pool: string,
  value: number,
  userId: string,
): Promise<void> {
  if (!chatConcurrency.safeParse(value).success) {
    throw new EngineError({
      kind: 'bad-setting',
      key: 'concurrency',
      expected: 'a whole number from 1 to 10',
    });
  }
  await writeSetting(trx, { scopeId: globalScope, key: concurrencyKey(pool), value, userId });
}

export async function writePaused(
  trx: Transaction,
  pool: string,
  value: boolean,
  userId: string,
): Promise<void> {
  await writeSetting(trx, { scopeId: globalScope, key: pausedKey(pool), value, userId });
}

export async function writeDrained(
  trx: Transaction,
  backend: string,
  value: boolean,
  userId: string,
): Promise<void> {
  await writeSetting(trx, { scopeId: globalScope, key: drainedKey(backend), value, userId });
}
