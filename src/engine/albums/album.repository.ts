import { sql } from 'kysely';
import type { BatchNote } from '../batches/batch.js';
import type { NewTask } from '../batches/submission.repository.js';
import type { Database, Transaction } from '../db/connection.js';

export async function findLatestBatch(
  db: Database,
  userId: string,
  scopeId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('batches')
    .select('id')
    .where('userId', '=', userId)
    .where('scopeId', '=', scopeId)
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** Returns how many tasks of that person wait now, these included. */
export async function insertFurtherTasks(
  trx: Transaction,
  of: { readonly batchId: string; readonly userId: string; readonly chargedOn: string | null },
  tasks: readonly NewTask[],
): Promise<number> {
  await trx
    .insertInto('tasks')
    .values(
      tasks.map((task) => ({
        ...task,
        ...of,
        request: JSON.stringify(task.request),
        notes: JSON.stringify(task.notes),
      })),
    )
    .execute();
  const inputs = tasks.flatMap(({ id, request: { inputId, maskId, referenceIds = [] } }) =>
    [inputId, maskId, ...referenceIds].flatMap((input) =>
      input === undefined ? [] : [{ taskId: id, inputId: input }],
    ),
  );
  if (inputs.length > 0) {
    await trx
      .insertInto('taskInputs')
      .values(inputs)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const row = await trx
    .selectFrom('lanes')
    .select((fn) => fn.fn.sum<number | null>('waiting').as('waiting'))
    .where('userId', '=', of.userId)
    .executeTakeFirst();
  return Number(row?.waiting ?? 0);
}

export async function addNotes(
  trx: Transaction,
  batchId: string,
  notes: readonly BatchNote[],
): Promise<void> {
  if (notes.length === 0) return;
  await sql`update batches set notes = notes || ${JSON.stringify(notes)}::jsonb
    where id = ${batchId}`.execute(trx);
}
