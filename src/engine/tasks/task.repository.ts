import { type RawBuilder, sql } from 'kysely';
import type { TaskFailure } from '../batches/batch.js';
import { bumpCard, nextVersion } from '../cards/card.repository.js';
import type { Transaction } from '../db/connection.js';
import type { Effects } from '../db/transact.js';
import { giveUsageBack } from '../usage/usage.repository.js';
import { predecessors, type TaskState } from './task-state.js';

export interface LockedTask {
  readonly id: string;
  readonly state: TaskState;
  readonly runNumber: number;
  readonly pool: string;
  readonly userId: string;
  /** Images that it is asked for. */
  readonly images: number;
}

/**
 * A batch's tasks, so that what is decided about them still holds when it is written. Locked in the
 * order of their ids, as by all who lock several.
 */
export async function lockTasks(trx: Transaction, batchId: string): Promise<LockedTask[]> {
  const rows = await trx
    .selectFrom('tasks')
    .select(['id', 'ordinal', 'state', 'runNumber', 'pool', 'userId'])
    .select(sql<number>`(request ->> 'count')::integer`.as('images'))
    .where('batchId', '=', batchId)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.sort((a, b) => a.ordinal - b.ordinal);
}

/** Which task is to move, and what must hold for it to. */
interface Condition {
  readonly taskId: string;
  /** The fencing token: nothing happens when a later run has begun. */
  readonly run?: number;
  /** Fewer than all predecessors of the new state. */
  readonly from?: TaskState;
}

/** What a task waits for that is not its turn. */
export type WaitReason = 'retry' | 'rate-limited' | 'quota' | 'unavailable' | 'paused';

interface TaskChange {
  availableAt?: RawBuilder<Date> | null;
  waitReason?: WaitReason | null;
  deadlineAt?: RawBuilder<Date | null> | null;
  pinnedInstance?: string | null;
  retries?: number;
  submissions?: number;
  model?: string;
  chargedOn?: string | null;
  failure?: TaskFailure | null;
}

interface Moved {
  readonly batchId: string;
  readonly pool: string;
  readonly userId: string;
  readonly run: number;
}

/**
 * The one place where a task's state changes. The update names the states that may be left and, for
 * a worker, the run that it holds; `undefined` says that the task was not there any more. The card
 * goes with it.
 */
async function move(
  trx: Transaction,
  effects: Effects,
  to: TaskState,
  condition: Condition,
  change: TaskChange = {},
): Promise<Moved | undefined> {
  const { failure, ...columns } = change;
  const begins = to === 'processing';
  const row = await trx
    .with('moved', (cte) =>
      cte
        .updateTable('tasks')
        .set({
          state: to,
          ...columns,
          ...(failure === undefined
            ? {}
            : {
                failureKind: failure?.kind ?? null,
                failureText: failure?.text ?? null,
                failureBilled: failure?.billed ?? null,
              }),
          ...(begins
            ? { runNumber: sql<number>`run_number + 1`, startedAt: sql<Date>`now()` }
            : { finishedAt: to === 'pending' ? null : sql<Date>`now()` }),
        })
        .where('id', '=', condition.taskId)
        .where('state', 'in', condition.from ? [condition.from] : predecessors(to))
        .$if(condition.run !== undefined, (query) =>
          query.where('runNumber', '=', condition.run as number),
        )
        .returning(['batchId', 'pool', 'userId', 'runNumber as run', 'chargedOn']),
    )
    .with('shown', (cte) =>
      cte
        .updateTable('cards')
        .from('moved')
        .set(nextVersion)
        .whereRef('cards.batchId', '=', 'moved.batchId')
        .returning('cards.platform'),
    )
    .selectFrom('moved')
    .leftJoin('shown', (join) => join.onTrue())
    .selectAll('moved')
    .select('shown.platform')
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.chargedOn && (to === 'failed' || to === 'cancelled')) {
    await giveUsageBack(trx, [condition.taskId]);
  }
  if (row.platform) effects.card(row.platform, row.batchId);
  if (!begins) effects.wake(row.pool);
  return row;
}

export function failTask(
  trx: Transaction,
  effects: Effects,
  condition: Condition,
  failure: TaskFailure,
) {
  return move(trx, effects, 'failed', condition, { failure, waitReason: null });
}

export function cancelTask(trx: Transaction, effects: Effects, condition: Condition) {
  return move(trx, effects, 'cancelled', condition, { failure: null, waitReason: null });
}

/** How a task waits, in spans of time: when they end, the record's clock tells. */
interface Postponement
  extends Pick<TaskChange, 'pinnedInstance' | 'waitReason' | 'retries' | 'submissions'> {
  readonly delayMs: number;
  /** Its deadline, where it has none yet. */
  readonly deadlineInMs?: number | null;
}

/** processing → pending: it will be tried again, after `delayMs`. */
export function postponeTask(
  trx: Transaction,
  effects: Effects,
  condition: { readonly taskId: string; readonly run: number },
  { delayMs, deadlineInMs = null, ...change }: Postponement,
) {
  const after = (milliseconds: number) =>
    sql<Date>`now() + ${milliseconds}::float8 * interval '1 millisecond'`;
  return move(
    trx,
    effects,
    'pending',
    { ...condition, from: 'processing' },
    {
      ...change,
      availableAt: delayMs > 0 ? after(delayMs) : null,
      ...(deadlineInMs === null
        ? {}
        : { deadlineAt: sql<Date>`coalesce(deadline_at, ${after(deadlineInMs)})` }),
    },
  );
}

/**
 * failed or cancelled → pending, by a user's wish: all counters begin anew, and its images count
 * for the day that is given.
 */
export async function reviveTask(
  trx: Transaction,
  effects: Effects,
  taskId: string,
  chargedOn: string | null,
) {
  const fresh = { ...unspent, chargedOn };
  const moved =
    (await move(trx, effects, 'pending', { taskId, from: 'failed' }, fresh)) ??
    (await move(trx, effects, 'pending', { taskId, from: 'cancelled' }, fresh));
  if (moved) {
    await trx
      .updateTable('tasks')
      .set({ cancelRequestedAt: null, startedAt: null })
      .where('id', '=', taskId)
      .execute();
  }
  return moved;
}

export async function deleteTasks(trx: Transaction, taskIds: readonly string[]): Promise<void> {
  if (taskIds.length === 0) return;
  await trx.deleteFrom('tasks').where('id', 'in', taskIds).execute();
}

const unspent = {
  availableAt: null,
  waitReason: null,
  deadlineAt: null,
  pinnedInstance: null,
  retries: 0,
  submissions: 0,
  failure: null,
} satisfies TaskChange;

/** Marks those of a batch's tasks that run; whoever holds their runs ends them. Returns the marked. */
export async function requestCancel(
  trx: Transaction,
  effects: Effects,
  batchId: string,
  taskIds: readonly string[],
): Promise<string[]> {
  if (taskIds.length === 0) return [];
  const rows = await trx
    .updateTable('tasks')
    .set({ cancelRequestedAt: sql<Date>`coalesce(cancel_requested_at, now())` })
    .where('id', 'in', taskIds)
    .where('state', '=', 'processing')
    .returning('id')
    .execute();
  for (const row of rows) effects.cancel(row.id);
  if (rows.length > 0) await bumpCard(trx, effects, batchId);
  return rows.map((row) => row.id);
}

/** A new run of a task that stays in processing: its run before was lost. Undefined: it moved on. */
export async function nextRun(
  trx: Transaction,
  effects: Effects,
  lost: { readonly taskId: string; readonly run: number },
): Promise<number | undefined> {
  const row = await trx
    .updateTable('tasks')
    .set({ runNumber: sql<number>`run_number + 1` })
    .where('id', '=', lost.taskId)
    .where('state', '=', 'processing')
    .where('runNumber', '=', lost.run)
    .returning(['runNumber', 'batchId'])
    .executeTakeFirst();
  if (row) await bumpCard(trx, effects, row.batchId);
  return row?.runNumber;
}
