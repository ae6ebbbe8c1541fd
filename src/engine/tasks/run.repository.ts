import { sql } from 'kysely';
import type { BackendHandle } from '../backends/backend.js';
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

/** Whether the run was admitted lately to one of these instances, and none has heard of it yet. */
export async function isUnsentTo(
  db: Database,
  key: RunKey,
  instances: readonly string[],
  sinceMs: number,
): Promise<boolean> {
  const run = await db
    .selectFrom('runs')
    .select('number')
    .where('taskId', '=', key.taskId)
    .where('number', '=', key.run)
    .where('state', '=', 'admitted')
    .where('handle', 'is', null)
    .where('instance', 'in', instances)
    .where('admittedAt', '>', sql<Date>`now() - ${sinceMs} * interval '1 millisecond'`)
    .executeTakeFirst();
  return run !== undefined;
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

/**
 * Ends a run, whatever the outcome. Undefined when it had ended before. Its task is locked first, as
 * by all who lock both.
 */
export function endRun(
  trx: Transaction,
  key: RunKey,
  outcome: RunOutcome,
): Promise<EndedRun | undefined> {
  return runsEnded(trx, key, outcome).executeTakeFirst();
}

/** Ends a run whose worker is late with its lease. Undefined when it has renewed it meanwhile. */
export function endExpiredRun(
  trx: Transaction,
  key: RunKey,
  outcome: RunOutcome,
): Promise<EndedRun | undefined> {
  return runsEnded(trx, key, outcome).where('leaseUntil', '<', sql<Date>`now()`).executeTakeFirst();
}

function runsEnded(trx: Transaction, key: RunKey, outcome: RunOutcome) {
  return trx
    .with('held', (cte) =>
      cte.selectFrom('tasks').select('id').where('id', '=', key.taskId).forUpdate(),
    )
    .updateTable('runs')
    .from('held')
    .set({ state: 'ended', outcome, endedAt: sql<Date>`now()`, leaseUntil: null })
    .whereRef('runs.taskId', '=', 'held.id')
    .where('taskId', '=', key.taskId)
    .where('number', '=', key.run)
    .where('state', '!=', 'ended')
    .returning(['pool', 'instance', 'userId', 'handle']);
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
