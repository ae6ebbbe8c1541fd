import { sql } from 'kysely';
import type { RequestNote } from '../backends/request-adaptation.js';
import type { TaskRequest } from '../batches/batch.js';
import { bumpCards } from '../cards/card.repository.js';
import type { Transaction } from '../db/connection.js';
import type { Effects } from '../db/transact.js';

/** Tasks that one step moves; the rest is moved by the next. */
const tasksAtOnce = 200;

export interface TransferableTask {
  readonly id: string;
  readonly request: TaskRequest;
  readonly notes: readonly RequestNote[];
}

/** Waiting tasks of a pool that any backend may have, locked. */
export async function lockTransferableTasks(
  trx: Transaction,
  pool: string,
): Promise<TransferableTask[]> {
  return trx
    .selectFrom('tasks')
    .select(['id', 'request', 'notes'])
    .where('pool', '=', pool)
    .where('state', '=', 'pending')
    .where('pinnedInstance', 'is', null)
    .orderBy('sequence')
    .limit(tasksAtOnce)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** Lets them wait in another pool, for nothing but their turn. */
export async function transferTasks(
  trx: Transaction,
  effects: Effects,
  tasks: readonly TransferableTask[],
  pool: string,
): Promise<void> {
  const { rows } = await sql<{ batchId: string }>`
    update tasks
    set pool = ${pool}, request = changed.request, notes = changed.notes,
      available_at = null, wait_reason = null, deadline_at = null
    from jsonb_to_recordset(${JSON.stringify(tasks)}::jsonb)
      as changed (id text, request jsonb, notes jsonb)
    where tasks.id = changed.id and tasks.state = 'pending'
    returning batch_id`.execute(trx);
  await bumpCards(trx, effects, [...new Set(rows.map(({ batchId }) => batchId))]);
  effects.wake(pool);
}
