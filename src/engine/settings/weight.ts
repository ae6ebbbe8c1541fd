import { z } from 'zod';
import type { Transaction } from '../db/connection.js';
import { EngineError } from '../engine-error.js';
import { globalScope, writeSetting } from './setting.repository.js';

/** The setting with one person's share: 2 gets twice as many turns as 1. */
export const weightKey = (userId: string) => `weight.${userId}`;

const weightRange = z.number().min(0.1).max(100);

/** @throws EngineError bad-setting */
export async function writeWeight(
  trx: Transaction,
  userId: string,
  weight: number,
  changedBy: string,
): Promise<void> {
  if (!weightRange.safeParse(weight).success) {
    throw new EngineError({ kind: 'bad-setting', key: 'weight', expected: 'from 0.1 to 100' });
  }
  const key = weightKey(userId);
  await writeSetting(trx, { scopeId: globalScope, key, value: weight, userId: changedBy });
}
