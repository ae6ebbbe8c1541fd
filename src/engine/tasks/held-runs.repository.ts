import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { BackendHandle } from '../backends/backend.js';
import type { TaskRequest } from '../batches/batch.js';
import type { Database } from '../db/connection.js';
import { isConnectionError } from '../db/connection-error.js';
import { gathered } from '../db/gathered.js';
import type { RunKey } from './run.repository.js';

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
  /** Milliseconds from the start of the run. */
  readonly deadlineInMs: number | null;
}

interface AskedRun extends RunKey {
  /** This worker may have taken it a moment ago, and not heard so. */
  readonly isAgain: boolean;
}

/** A pool has replaced a broken connection by then. */
const secondTryMs = 300;

/** `gone`: the batch was removed. `lost`: a later run has the task, or this one was ended. */
export type LeaseState = 'held' | 'cancel-requested' | 'gone' | 'lost';

/** The runs of one worker: how it takes them, and how it keeps them. */
export interface HeldRuns {
  /**
   * Takes an admitted run. Undefined when somebody else has it, or had: a job delivered twice, or
   * one that a later run has overtaken.
   */
  start(key: RunKey): Promise<StartedRun | undefined>;
  /** Renews its lease, where it is this worker's still. */
  renew(key: RunKey): Promise<LeaseState>;
}

export interface HeldRunsDependencies {
  readonly db: Database;
  readonly workerId: string;
  readonly leaseMs: number;
}

export function createHeldRuns({ db, workerId, leaseMs }: HeldRunsDependencies): HeldRuns {
  const leaseEnd = sql`now() + ${leaseMs} * interval '1 millisecond'`;

  async function start(keys: readonly AskedRun[]): Promise<(StartedRun | undefined)[]> {
    const again = keys.map(({ isAgain }) => isAgain);
    const { rows } = await sql<StartedRun & RunKey>`
      with asked as (
        select * from unnest(${idsOf(keys)}, ${numbersOf(keys)}, ${again}::boolean[])
          asked (task_id, number, is_again)
      ),
      -- Tasks before runs, as a cancel locks them.
      held as (
        select tasks.id, runs.number, runs.state as was from tasks, asked, runs
        where tasks.id = any(${idsOf(keys)}) and tasks.id = asked.task_id
          and tasks.run_number = asked.number and tasks.state = 'processing'
          and runs.task_id = any(${idsOf(keys)}) and runs.task_id = tasks.id
          and runs.number = asked.number and (runs.state = 'admitted' or (
            asked.is_again and runs.state = 'started' and runs.worker_id = ${workerId}))
        order by tasks.id for update of tasks
      ),
      started as (
        update runs set state = 'started', worker_id = ${workerId}, started_at = now(),
          lease_until = ${leaseEnd},
          -- Without a handle to resume, this run submits.
          submitted_at = case when handle is null then now() end
        from held
        where runs.task_id = any(${idsOf(keys)}) and runs.task_id = held.id
          and runs.number = held.number and runs.state = held.was
        returning runs.task_id, runs.number, runs.instance, runs.handle, held.was
      )
      update tasks
      set submissions = submissions + (started.handle is null and started.was = 'admitted')::int
      from started
      where tasks.id = any(${idsOf(keys)}) and tasks.id = started.task_id
      returning tasks.id as task_id, started.number as run, tasks.batch_id, tasks.pool,
        started.instance, started.handle, tasks.request, tasks.seed, tasks.retries,
        tasks.submissions,
        extract(epoch from tasks.deadline_at - now())::float8 * 1000 as deadline_in_ms`.execute(db);
    // A job that was delivered twice at once is one worker's all the same.
    const started = new Map(rows.map((row) => [row.taskId, row]));
    return keys.map(({ taskId, run }) => {
      const row = started.get(taskId);
      if (row?.run !== run) return undefined;
      started.delete(taskId);
      return row;
    });
  }

  /** A run that somebody else is writing at is passed over: the next renewal comes soon. */
  async function renew(keys: readonly RunKey[]): Promise<LeaseState[]> {
    const { rows } = await sql<RunKey & { readonly held: boolean; readonly isCancelled: boolean }>`
      with asked as (
        select * from unnest(${idsOf(keys)}, ${numbersOf(keys)}) asked (task_id, number)
      ),
      own as (
        select runs.task_id, runs.number from runs, asked
        where runs.task_id = any(${idsOf(keys)}) and runs.task_id = asked.task_id
          and runs.number = asked.number and runs.state = 'started'
          and runs.worker_id = ${workerId}
      ),
      free as (
        select runs.task_id, runs.number from runs, own
        where runs.task_id = any(${idsOf(keys)}) and runs.task_id = own.task_id
          and runs.number = own.number
        for no key update of runs skip locked
      ),
      renewed as (
        update runs set lease_until = ${leaseEnd}
        from free
        where runs.task_id = any(${idsOf(keys)}) and runs.task_id = free.task_id
          and runs.number = free.number and runs.state = 'started'
          and runs.worker_id = ${workerId}
      )
      select asked.task_id, asked.number as run, own.number is not null as held,
        tasks.cancel_requested_at is not null as is_cancelled
      from asked
      join tasks on tasks.id = any(${idsOf(keys)}) and tasks.id = asked.task_id
      left join own on own.task_id = asked.task_id and own.number = asked.number`.execute(db);
    return keys.map(({ taskId, run }) => {
      const row = rows.find((found) => found.taskId === taskId && found.run === run);
      if (!row) return 'gone';
      if (!row.held) return 'lost';
      return row.isCancelled ? 'cancel-requested' : 'held';
    });
  }

  const startTogether = gathered(start);
  return {
    async start(key) {
      try {
        return await startTogether({ ...key, isAgain: false });
      } catch (error) {
        if (!isConnectionError(error)) throw error;
        // The commit may stand and only its answer be lost: then the run is this worker's already.
        await delay(secondTryMs);
        return startTogether({ ...key, isAgain: true });
      }
    },
    renew: gathered(renew),
  };
}

function numbersOf(keys: readonly RunKey[]) {
  return sql`${keys.map(({ run }) => run)}::integer[]`;
}

function idsOf(keys: readonly RunKey[]) {
  return sql`${keys.map(({ taskId }) => taskId)}::text[]`;
}
