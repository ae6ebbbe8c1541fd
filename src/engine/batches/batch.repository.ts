import { sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';
import type { User } from '../users/user.js';
import type { SubmitRequest } from './batch.js';

/** The batch that an update made. */
export async function findBatchOfUpdate(
  db: Database,
  { platform, key }: SubmitRequest['update'],
): Promise<string | undefined> {
  const row = await db
    .selectFrom('batches')
    .select('id')
    .where('updatePlatform', '=', platform)
    .where('updateKey', '=', key)
    .executeTakeFirst();
  return row?.id;
}

export interface BatchOwner extends Pick<User, 'id' | 'platform' | 'platformUserId'> {
  /** Where the batch was made. */
  readonly scopeId: string;
}

/** A batch, or one task of it, as an id names it, and who made it. */
export interface BatchTarget {
  readonly batchId: string;
  /** Undefined: all of them. */
  readonly taskId?: string;
  readonly owner: BatchOwner;
}

/** What the id of a batch or of a task names. */
export async function findTarget(trx: Transaction, id: string): Promise<BatchTarget | undefined> {
  const owner = await readOwner(trx, id);
  if (owner) return { batchId: id, owner };
  const task = await trx
    .selectFrom('tasks')
    .select('batchId')
    .where('id', '=', id)
    .executeTakeFirst();
  const taskOwner = task && (await readOwner(trx, task.batchId));
  return taskOwner && { batchId: task.batchId, taskId: id, owner: taskOwner };
}

async function readOwner(trx: Transaction, batchId: string): Promise<BatchOwner | undefined> {
  return trx
    .selectFrom('batches')
    .innerJoin('users', 'users.id', 'batches.userId')
    .select(['users.platform', 'users.platformUserId', 'batches.scopeId'])
    .select(sql<string>`coalesce(users.account_id, users.id)`.as('id'))
    .where('batches.id', '=', batchId)
    .executeTakeFirst();
}

/** With its tasks, runs, images and card. What the store holds goes separately. */
export async function deleteBatch(trx: Transaction, batchId: string): Promise<void> {
  await trx.deleteFrom('batches').where('id', '=', batchId).execute();
}

/** Own batches with something waiting or running, oldest first. */
export async function findActiveBatchIds(db: Database, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('tasks')
    .innerJoin('batches', 'batches.id', 'tasks.batchId')
    .select(['batches.id', 'batches.createdAt'])
    .distinct()
    .where('tasks.userId', '=', userId)
    .where('tasks.state', 'in', ['pending', 'processing'])
    .orderBy('batches.createdAt')
    .execute();
  return rows.map((row) => row.id);
}
