import { sql } from 'kysely';
import type { TaskFailure } from '../batches/batch.js';
import { nextVersion } from '../cards/card.repository.js';
import type { Database, Transaction } from '../db/connection.js';
import type { Effects } from '../db/transact.js';
import { withoutFlush } from '../db/without-flush.js';
import { imageInsertion, type NewImage } from '../images/image.repository.js';
import type { Platform } from '../users/user.js';
import { predecessors } from './task-state.js';

/**
 * pending → processing, several at once, each with its next run, on the instance that is given. A run
 * that this instance may still have leaves its handle, so that it need not begin anew. Returns those
 * that were still waiting.
 */
export async function beginTasks(
  trx: Transaction,
  effects: Effects,
  admitted: readonly { readonly taskId: string; readonly instance: string }[],
): Promise<{ readonly taskId: string; readonly run: number }[]> {
  const { rows } = await sql<{
    taskId: string;
    run: number;
    batchId: string;
    platform: Platform | null;
  }>`
    with moved as (
      update tasks set state = 'processing', run_number = run_number + 1, started_at = now(),
        available_at = null, wait_reason = null, pinned_instance = null
      from unnest(
        ${admitted.map(({ taskId }) => taskId)}::text[],
        ${admitted.map(({ instance }) => instance)}::text[]
      ) admitted (id, instance), ${withoutFlush}
      where tasks.id = admitted.id and tasks.state = any(${predecessors('processing')})
      returning tasks.id, tasks.batch_id, tasks.run_number, tasks.pool, tasks.user_id,
        admitted.instance
    ),
    begun as (
      insert into runs (task_id, number, pool, user_id, instance, handle)
      select id, run_number, pool, user_id, instance, (
        select handle from runs earlier
        where earlier.task_id = moved.id and earlier.number = moved.run_number - 1
          and earlier.instance = moved.instance and earlier.outcome = 'interrupted')
      from moved
    ),
    shown as (
      update cards set version = ${nextVersion.version}, due_at = ${nextVersion.dueAt}
      where batch_id in (select batch_id from moved)
      returning batch_id, platform
    )
    select moved.id as task_id, moved.run_number as run, moved.batch_id, shown.platform
    from moved left join shown on shown.batch_id = moved.batch_id`.execute(trx);
  for (const { platform, batchId } of rows) if (platform) effects.card(platform, batchId);
  return rows.map(({ taskId, run }) => ({ taskId, run }));
}

/**
 * processing → completed, with its run ended and its images on record, in one statement that needs
 * no transaction around it. False: a later run has the task, or nobody.
 */
export async function completeTask(
  db: Database,
  effects: Effects,
  key: { readonly taskId: string; readonly run: number },
  result: {
    readonly model: string;
    readonly images: readonly NewImage[];
    /** Why some images are missing, where some are. */
    readonly failure: TaskFailure | null;
  },
): Promise<boolean> {
  const { failure } = result;
  const { rows } = await sql<{ batchId: string; pool: string; platform: Platform | null }>`
    with moved as (
      update tasks set state = 'completed', model = ${result.model}, finished_at = now(),
        deadline_at = null, failure_kind = ${failure?.kind ?? null},
        failure_text = ${failure?.text ?? null}, failure_billed = ${failure?.billed ?? null}
      where id = ${key.taskId} and run_number = ${key.run}
        and state = any(${predecessors('completed')})
      returning id, batch_id, pool
    ),
    ended as (
      update runs set state = 'ended', outcome = 'completed', ended_at = now(), lease_until = null
      from moved where task_id = moved.id and number = ${key.run} and runs.state <> 'ended'
    ),
    kept as (${imageInsertion(key.run, result.images)}),
    shown as (
      update cards set version = ${nextVersion.version}, due_at = ${nextVersion.dueAt}
      from moved where cards.batch_id = moved.batch_id
      returning cards.platform
    )
    select moved.batch_id, moved.pool, shown.platform
    from moved left join shown on true`.execute(db);
  const [row] = rows;
  if (!row) return false;
  if (row.platform) effects.card(row.platform, row.batchId);
  effects.wake(row.pool);
  return true;
}
