import { type RawBuilder, sql } from 'kysely';
import type { TaskFailure } from '../batches/batch.js';
import { bumpedCards } from '../cards/card.repository.js';
import type { Database, Transaction } from '../db/connection.js';
import type { Effects } from '../db/transact.js';
import { withoutFlush } from '../db/without-flush.js';
import { imageInsertion, type NewImage } from '../images/image.repository.js';
import type { Platform } from '../users/user.js';
import { predecessors } from './task-state.js';

/**
 * Tasks locked one after the other, in one order for all, so that no two statements wait for each
 * other. For a `with`.
 */
function lockedTasks(ids: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select id from tasks where id = any(${ids}) order by id for update`;
}

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
  const ids = sql`${admitted.map(({ taskId }) => taskId)}::text[]`;
  const { rows } = await sql<{
    taskId: string;
    run: number;
    batchId: string;
    platform: Platform | null;
  }>`
    with admitted as (
      select * from unnest(
        ${ids}, ${admitted.map(({ instance }) => instance)}::text[]
      ) admitted (id, instance)
    ),
    held as (${lockedTasks(ids)}),
    moved as (
      update tasks set state = 'processing', run_number = run_number + 1, started_at = now(),
        available_at = null, wait_reason = null, pinned_instance = null
      from held, admitted, ${withoutFlush}
      where tasks.id = any(${ids}) and tasks.id = held.id and tasks.id = admitted.id
        and tasks.state = any(${predecessors('processing')})
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
    ${bumpedCards(sql`array(select batch_id from moved)`)}
    select moved.id as task_id, moved.run_number as run, moved.batch_id, shown.platform
    from moved left join shown on shown.batch_id = moved.batch_id`.execute(trx);
  for (const { platform, batchId } of rows) if (platform) effects.card(platform, batchId);
  return rows.map(({ taskId, run }) => ({ taskId, run }));
}

/** A run that went well, with what came of it. */
export interface CompletedTask {
  readonly taskId: string;
  readonly run: number;
  readonly model: string;
  readonly images: readonly NewImage[];
  /** Why some images are missing, where some are. */
  readonly failure: TaskFailure | null;
}

/** `known`: it was on record already, with other files. `late`: a later run has it, or nobody. */
export type Completion = 'kept' | 'known' | 'late';

/**
 * processing → completed for several tasks, each with its run ended and its images on record, in one
 * statement that needs no transaction around it. What an earlier try has written, whose answer was
 * lost, is told again.
 */
export async function completeTasks(
  db: Database,
  effects: Effects,
  tasks: readonly CompletedTask[],
): Promise<Completion[]> {
  const ids = sql`${tasks.map(({ taskId }) => taskId)}::text[]`;
  const { rows } = await sql<{
    taskId: string;
    run: number;
    batchId: string;
    pool: string;
    platform: Platform | null;
    isKnown: boolean;
  }>`
    with results as (
      select * from jsonb_to_recordset(${JSON.stringify(tasks)}::jsonb) result (
        "taskId" text, run integer, model text, images jsonb, failure jsonb)
    ),
    held as (${lockedTasks(ids)}),
    moved as (
      update tasks set state = 'completed', model = results.model, finished_at = now(),
        deadline_at = null, failure_kind = results.failure->>'kind',
        failure_text = results.failure->>'text', failure_billed = results.failure->>'billed'
      from held, results
      where tasks.id = any(${ids}) and tasks.id = held.id and tasks.id = results."taskId"
        and tasks.run_number = results.run and tasks.state = any(${predecessors('completed')})
      returning tasks.id, tasks.batch_id, tasks.pool, tasks.run_number
    ),
    ended as (
      update runs set state = 'ended', outcome = 'completed', ended_at = now(), lease_until = null
      from moved
      where runs.task_id = any(${ids}) and runs.task_id = moved.id
        and runs.number = moved.run_number and runs.state <> 'ended'
    ),
    kept as (${imageInsertion}),
    ${bumpedCards(sql`array(select batch_id from moved)`)}
    select moved.id as task_id, moved.run_number as run, moved.batch_id, moved.pool,
      shown.platform, false as is_known
    from moved left join shown on shown.batch_id = moved.batch_id
    union all
    select tasks.id, tasks.run_number, tasks.batch_id, tasks.pool, cards.platform, true
    from results
    join tasks on tasks.id = any(${ids}) and tasks.id = results."taskId"
      and tasks.run_number = results.run and tasks.state = 'completed'
    left join cards on cards.batch_id = tasks.batch_id`.execute(db);
  for (const { platform, batchId, pool } of rows) {
    if (platform) effects.card(platform, batchId);
    effects.wake(pool);
  }
  return tasks.map(({ taskId, run }) => {
    const row = rows.find((one) => one.taskId === taskId && one.run === run);
    if (!row) return 'late';
    return row.isKnown ? 'known' : 'kept';
  });
}
