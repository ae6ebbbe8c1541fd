import { sql } from 'kysely';
import type { BackendHandle } from '../backends/backend.js';
import type { TaskRequest } from '../batches/batch.js';
import type { Database, Transaction } from '../db/connection.js';

export interface RunKey {
  readonly taskId: string;
  readonly run: number;
}

export type RunOutcome =
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'postponed'
  | 'handed-back'
  | 'interrupted'
  | 'lost';

export async function insertRun(
  trx: Transaction,
  run: RunKey & {
    readonly pool: string;
    readonly userId: string;
    readonly instance: string;
    /** The handle of the run before it: this one resumes it. */
    readonly handle?: BackendHandle | null;
  },
): Promise<void> {
  await trx
    .insertInto('runs')
    .values({
      taskId: run.taskId,
      number: run.run,
      pool: run.pool,
      userId: run.userId,
      instance: run.instance,
      handle: run.handle ? JSON.stringify(run.handle) : null,
    })
    .execute();
}

/** What a worker needs to know of the run that it has just been given. */
export interface StartedRun {
  readonly batchId: string;
  readonly pool: string;
  readonly instance: string;
  readonly handle: BackendHandle | null;
  readonly request: TaskRequest;
  readonly seed: number | null;
  readonly retries: number;
  readonly submissions: number;
  readonly deadlineAt: Date | null;
}

/**
 * Takes an admitted run for a worker. Undefined when somebody else has it, or had: a job delivered
 * twice, or one that a later run has overtaken.
 */
export async function startRun(
  db: Database,
  key: RunKey,
  workerId: string,
  leaseMs: number,
): Promise<StartedRun | undefined> {
  return db
    .with('started', (cte) =>
      cte
        .updateTable('runs')
        .set({
          state: 'started',
          workerId,
          startedAt: sql<Date>`now()`,
          leaseUntil: leaseEnd(leaseMs),
          // Without a handle to resume, this run submits.
          submittedAt: sql<Date>`case when handle is null then now() end`,
        })
        .where('taskId', '=', key.taskId)
        .where('number', '=', key.run)
        .where('state', '=', 'admitted')
        .returning(['taskId', 'number', 'instance', 'handle']),
    )
    .updateTable('tasks')
    .from('started')
    .set({ submissions: sql<number>`submissions + (started.handle is null)::int` })
    .whereRef('tasks.id', '=', 'started.taskId')
    .whereRef('tasks.runNumber', '=', 'started.number')
    .where('tasks.state', '=', 'processing')
    .returning([
      'tasks.batchId',
      'tasks.pool',
      'started.instance',
      'started.handle',
      'tasks.request',
      'tasks.seed',
      'tasks.retries',
      'tasks.submissions',
      'tasks.deadlineAt',
    ])
    .executeTakeFirst();
}

/** Locks a run that nobody works at and that no backend knows of. False: there is no such. */
export async function lockUnsentRun(trx: Transaction, key: RunKey): Promise<boolean> {
  const run = await trx
    .selectFrom('runs')
    .select('number')
    .where('taskId', '=', key.taskId)
    .where('number', '=', key.run)
    .where('state', '=', 'admitted')
    .where('handle', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return run !== undefined;
}

/** `gone`: the batch was removed. `lost`: a later run has the task, or this one was ended. */
export type LeaseState = 'held' | 'cancel-requested' | 'gone' | 'lost';

export async function renewLease(
  db: Database,
  key: RunKey,
  workerId: string,
  leaseMs: number,
): Promise<LeaseState> {
  const held = await db
    .updateTable('runs')
    .from('tasks')
    .set({ leaseUntil: leaseEnd(leaseMs) })
    .whereRef('tasks.id', '=', 'runs.taskId')
    .where('runs.taskId', '=', key.taskId)
    .where('runs.number', '=', key.run)
    .where('runs.state', '=', 'started')
    .where('runs.workerId', '=', workerId)
    .returning('tasks.cancelRequestedAt')
    .executeTakeFirst();
  if (held) return held.cancelRequestedAt ? 'cancel-requested' : 'held';
  const task = await db
    .selectFrom('tasks')
    .select('id')
    .where('id', '=', key.taskId)
    .executeTakeFirst();
  return task ? 'lost' : 'gone';
}

/** Keeps the backend's handle. False when the run is no longer the worker's. */
export async function saveHandle(
  db: Database,
  key: RunKey,
  workerId: string,
  handle: BackendHandle,
): Promise<boolean> {
  const saved = await db
    .updateTable('runs')
    .set({ handle: JSON.stringify(handle) })
    .where('taskId', '=', key.taskId)
    .where('number', '=', key.run)
    .where('workerId', '=', workerId)
    .where('state', '=', 'started')
    .returning('taskId')
    .executeTakeFirst();
  return saved !== undefined;
}

/** What a run leaves to the one after it. */
export interface EndedRun {
  readonly pool: string;
  readonly instance: string;
  readonly userId: string;
  readonly handle: BackendHandle | null;
}

/** Ends a run, whatever the outcome. Undefined when it had ended before. */
export async function endRun(
  trx: Transaction,
  key: RunKey,
  outcome: RunOutcome,
): Promise<EndedRun | undefined> {
  return trx
    .updateTable('runs')
    .set({ state: 'ended', outcome, endedAt: sql<Date>`now()`, leaseUntil: null })
    .where('taskId', '=', key.taskId)
    .where('number', '=', key.run)
    .where('state', '!=', 'ended')
    .returning(['pool', 'instance', 'userId', 'handle'])
    .executeTakeFirst();
}

/** Ends a run whose worker is late with its lease. Undefined when it has renewed it meanwhile. */
export async function endExpiredRun(
  trx: Transaction,
  key: RunKey,
  outcome: RunOutcome,
): Promise<EndedRun | undefined> {
  const expired = await trx
    .selectFrom('runs')
    .select('number')
    .where('taskId', '=', key.taskId)
    .where('number', '=', key.run)
    .where('leaseUntil', '<', sql<Date>`now()`)
    .forUpdate()
    .executeTakeFirst();
  return expired && endRun(trx, key, outcome);
}

/** Admitted runs that no worker took for a while: the queue may have lost them. */
export async function findUnstartedRuns(db: Database, olderThanMs: number): Promise<RunKey[]> {
  return db
    .selectFrom('runs')
    .select(['taskId', 'number as run'])
    .where('state', '=', 'admitted')
    .where('admittedAt', '<', sql<Date>`now() - ${olderThanMs} * interval '1 millisecond'`)
    .execute();
}

function leaseEnd(leaseMs: number) {
  return sql<Date>`now() + ${leaseMs} * interval '1 millisecond'`;
}
