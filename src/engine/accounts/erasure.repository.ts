import { sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';

export async function findErasableBatchIds(db: Database, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('batches')
    .select('id')
    .where('userId', '=', userId)
    .where('erasedAt', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Leaves of a batch and its tasks what counts and states need: no words, no pictures, no names. */
export async function scrubBatch(
  trx: Transaction,
  batchId: string,
  taskIds: readonly string[],
): Promise<void> {
  await trx
    .updateTable('batches')
    .set({ prompt: '', notes: '[]', erasedAt: sql<Date>`now()` })
    .where('id', '=', batchId)
    .execute();
  if (taskIds.length === 0) return;
  await trx.deleteFrom('images').where('taskId', 'in', taskIds).execute();
  await sql`
    update tasks set failure_text = null, request = jsonb_build_object(
      'operation', request -> 'operation', 'prompt', '', 'count', request -> 'count')
    where id = any(${taskIds})`.execute(trx);
}

export async function deleteCodes(trx: Transaction, userId: string): Promise<void> {
  await trx.deleteFrom('linkCodes').where('userId', '=', userId).execute();
}
