import { z } from 'zod';
import type { Database, Transaction } from '../db/connection.js';
import { EngineError } from '../engine-error.js';
import { globalScope, readSetting, writeSetting } from './setting.repository.js';

const settingKey = (pool: string) => `concurrency.${pool}`;

/** What chat may set; more takes the configuration file. */
const chatConcurrency = z.number().int().min(1).max(10);

/** How many tasks of the pool may run at once: the setting, else the configuration's number. */
export async function readConcurrency(
  db: Database | Transaction,
  pool: string,
  configured: number,
): Promise<number> {
  const value = await readSetting(db, globalScope, settingKey(pool));
  return typeof value === 'number' ? value : configured;
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
  await writeSetting(trx, { scopeId: globalScope, key: settingKey(pool), value, userId });
}
