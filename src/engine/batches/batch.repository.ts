import type { Database, Transaction } from '../db/connection.js';
import type { User } from '../users/user.js';
import type { SubmitRequest } from './batch.js';

/** Inserts the batch, unless its source update has made one: then says which. */
export async function insertBatch(
  trx: Transaction,
  batchId: string,
  request: SubmitRequest,
): Promise<{ readonly batchId: string; readonly created: boolean }> {
  const inserted = await trx
    .insertInto('batches')
    .values({
      id: batchId,
      userId: request.user.id,
      scopeId: request.scopeId,
      origin: request.origin,
      parentBatchId: request.parentBatchId ?? null,
      prompt: request.prompt,
      private: request.private,
      notes: JSON.stringify(request.notes ?? []),
      updatePlatform: request.update.platform,
      updateKey: request.update.key,
    })
    .onConflict((conflict) => conflict.columns(['updatePlatform', 'updateKey']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted) return { batchId, created: true };
  const existing = await trx
    .selectFrom('batches')
    .select('id')
    .where('updatePlatform', '=', request.update.platform)
    .where('updateKey', '=', request.update.key)
    .executeTakeFirstOrThrow();
  return { batchId: existing.id, created: false };
}

export interface BatchOwner extends Pick<User, 'id' | 'platform' | 'platformUserId'> {
  /** Where the batch was made. */
  readonly scopeId: string;
}

/** The user who made the batch. */
export async function readOwner(
  trx: Transaction,
  batchId: string,
): Promise<BatchOwner | undefined> {
  return trx
    .selectFrom('batches')
    .innerJoin('users', 'users.id', 'batches.userId')
    .select(['users.id', 'users.platform', 'users.platformUserId', 'batches.scopeId'])
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
