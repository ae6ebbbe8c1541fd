import { sql } from 'kysely';
import { bumpCards } from '../cards/card.repository.js';
import type { Database, Transaction } from '../db/connection.js';
import type { Effects } from '../db/transact.js';
import { defaultDeadlineMs } from './retry-policy.js';
import { failTask } from './task.repository.js';

/** Tasks that one step tells; the rest is told by the next. */
const tasksAtOnce = 1_000;

/** Why a whole pool takes nothing. */
export type PoolHold = 'paused' | 'unavailable' | 'quota';

/**
 * Notes on the tasks of a pool that takes nothing what they wait for, and until when: a pause has
 * no end of its own, a dead service has the deadline.
 */
export async function tellHold(
  trx: Transaction,
  effects: Effects,
  pool: string,
  hold: PoolHold,
): Promise<void> {
  const deadlineMs = hold === 'paused' ? null : defaultDeadlineMs;
  const { rows } = await sql<{ batchId: string }>`
    update tasks
    set wait_reason = ${hold},
      deadline_at = coalesce(deadline_at, now() + ${deadlineMs}::float8 * interval '1 millisecond')
    where id in (
      select id from tasks
      where pool = ${pool} and state = 'pending' and wait_reason is null
      order by sequence limit ${tasksAtOnce} for update skip locked
    )
    returning batch_id`.execute(trx);
  await bumpCards(trx, effects, distinct(rows));
}

/** The pool takes tasks again, or is held for another reason: what was noted of it goes. */
export async function untellHolds(
  trx: Transaction,
  effects: Effects,
  pool: string,
  except: PoolHold | null,
): Promise<void> {
  const { rows } = await sql<{ batchId: string }>`
    update tasks
    set wait_reason = null,
      deadline_at = case when wait_reason = 'paused' then deadline_at end
    where id in (
      select id from tasks
      where pool = ${pool} and state = 'pending' and wait_reason is not null
        and wait_reason is distinct from ${except} and pinned_instance is null
        and (wait_reason = 'paused' or (wait_reason in ('unavailable', 'quota') and available_at is null))
      limit ${tasksAtOnce} for update skip locked
    )
    returning batch_id`.execute(trx);
  await bumpCards(trx, effects, distinct(rows));
}

/** The service answers again: nothing of the pool waits longer for it than for its turn. */
export async function endBackOffs(trx: Transaction, pool: string): Promise<void> {
  await trx
    .updateTable('tasks')
    .set({ availableAt: null })
    .where('pool', '=', pool)
    .where('state', '=', 'pending')
    .where('waitReason', '=', 'unavailable')
    .where('availableAt', 'is not', null)
    .execute();
}

/** What has waited for a service until its deadline, some of it. */
export async function findExpiredTasks(
  db: Database,
): Promise<{ readonly id: string; readonly pinnedInstance: string | null }[]> {
  return db
    .selectFrom('tasks')
    .select(['id', 'pinnedInstance'])
    .where('state', '=', 'pending')
    .where('deadlineAt', '<', sql<Date>`now()`)
    .limit(500)
    .execute();
}

/** What waits in a pool and may still run anywhere in it, some of it. */
export async function findUnbegunTasks(db: Database, pool: string): Promise<string[]> {
  const rows = await db
    .selectFrom('tasks')
    .select('id')
    .where('state', '=', 'pending')
    .where('pool', '=', pool)
    .where('pinnedInstance', 'is', null)
    .orderBy('sequence')
    .limit(500)
    .execute();
  return rows.map(({ id }) => id);
}

/** Waiting tasks of pools that nobody serves. */
export async function findHomelessTasks(db: Database, pools: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('tasks')
    .select('id')
    .where('state', '=', 'pending')
    .where('pool', 'not in', pools)
    .limit(500)
    .execute();
  return rows.map(({ id }) => id);
}

/** Fails it, with the reason that it waited for, unless it has moved on. */
export async function failExpiredTask(
  trx: Transaction,
  effects: Effects,
  task: { readonly id: string; readonly pinnedInstance: string | null },
): Promise<void> {
  const billed = task.pinnedInstance === null ? 'no' : 'unknown';
  await failTask(
    trx,
    effects,
    { taskId: task.id, from: 'pending' },
    { kind: 'deadline', text: null, billed },
  );
}

function distinct(rows: readonly { readonly batchId: string }[]): string[] {
  return [...new Set(rows.map(({ batchId }) => batchId))];
}
