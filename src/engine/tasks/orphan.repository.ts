import { sql } from 'kysely';
import type { BackendHandle } from '../backends/backend.js';
import type { Database } from '../db/connection.js';
import type { RunKey } from './run.repository.js';

export interface OrphanedRun extends RunKey {
  readonly pool: string;
  readonly instance: string;
  readonly userId: string;
  readonly workerId: string | null;
  readonly handle: BackendHandle | null;
  readonly submitted: boolean;
  readonly submissions: number;
  /** Runs of this task before it that were lost, one after the other. */
  readonly losses: number;
  readonly cancelRequested: boolean;
}

/**
 * Started runs whose worker has not renewed its lease: it died, hangs, or lost the record. Those
 * that were lost least often come first.
 */
export async function findOrphanedRuns(db: Database): Promise<OrphanedRun[]> {
  const losses = sql<number>`(
    select count(*)::int from runs earlier
    where earlier.task_id = runs.task_id and earlier.outcome = 'lost' and earlier.number > coalesce((
      select max(other.number) from runs other
      where other.task_id = runs.task_id and other.state = 'ended' and other.outcome <> 'lost'), 0))`;
  const rows = await db
    .selectFrom('runs')
    .innerJoin('tasks', 'tasks.id', 'runs.taskId')
    .select([
      'runs.taskId',
      'runs.number as run',
      'runs.pool',
      'runs.instance',
      'runs.userId',
      'runs.workerId',
      'runs.handle',
      'runs.submittedAt',
      'tasks.submissions',
      losses.as('losses'),
      'tasks.cancelRequestedAt',
    ])
    .where('runs.state', '=', 'started')
    .where('runs.leaseUntil', '<', sql<Date>`now()`)
    .orderBy('losses')
    .orderBy('runs.startedAt')
    .execute();
  return rows.map(({ submittedAt, cancelRequestedAt, ...row }) => ({
    ...row,
    submitted: submittedAt !== null,
    cancelRequested: cancelRequestedAt !== null,
  }));
}

/** Milliseconds until the first of the leases in force ends, unless it is renewed. */
export async function untilLeaseEnds(db: Database): Promise<number | undefined> {
  const { rows } = await sql<{ ms: number | null }>`
    select (1000 * extract(epoch from min(lease_until) - now()))::float8 ms
    from runs where state = 'started' and lease_until >= now()`.execute(db);
  return rows[0]?.ms ?? undefined;
}

/** Whether a task whose run was lost is being run again right now, since less than `withinMs`. */
export async function isAnyOnTrial(db: Database, withinMs: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from runs
    join runs before on before.task_id = runs.task_id and before.number = runs.number - 1
    where runs.state <> 'ended' and before.outcome = 'lost'
      and coalesce(runs.lease_until, now()) >= now()
      and runs.admitted_at > now() - ${withinMs} * interval '1 millisecond'
    limit 1`.execute(db);
  return rows.length > 0;
}
