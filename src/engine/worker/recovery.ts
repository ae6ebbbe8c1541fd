import type { Logger } from 'pino';
import { findLateBelongings, moveBelongings } from '../accounts/merge.repository.js';
import type { Admission } from '../admission/admission.js';
import { dropIdleLanes } from '../admission/lane.repository.js';
import type { Backend, BackendHandle } from '../backends/backend.js';
import type { Pools } from '../backends/pools.js';
import type { TaskFailure } from '../batches/batch.js';
import type { Database } from '../db/connection.js';
import { takeLease } from '../db/lease.repository.js';
import type { Transact } from '../db/transact.js';
import type { RunJob, RunQueue } from '../queue/run-queue.js';
import {
  findOrphanedRuns,
  isAnyOnTrial,
  type OrphanedRun,
  untilLeaseEnds,
} from '../tasks/orphan.repository.js';
import { maxSubmissions } from '../tasks/retry-policy.js';
import { endExpiredRun, findUnstartedRuns, type RunKey } from '../tasks/run.repository.js';
import { cancelTask, failTask } from '../tasks/task.repository.js';
import {
  failExpiredTask,
  findExpiredTasks,
  findHomelessTasks,
} from '../tasks/waiting.repository.js';
import { beginSuccessor } from './succession.js';

export interface RecoveryDependencies {
  readonly db: Database;
  readonly transact: Transact;
  readonly pools: Pools;
  readonly queue: RunQueue;
  readonly admission: Admission;
  readonly workerId: string;
  readonly log: Logger;
  readonly everyMs: number;
  /** Whether this process is at work on a run. */
  readonly isAtWork: (run: RunKey) => boolean;
}

/** An admitted run normally starts within milliseconds. */
const unstartedAfterMs = 3_000;

/** After a time without the record, in which nobody could renew a lease, everybody may do so first. */
const renewalPatienceMs = 2_000;

/** Sweeps for which the duty is one process's: with it dies the duty, and should not for long. */
const dutySweeps = 1.5;

/** Timers of two machines do not agree to the millisecond. */
const leaseMarginMs = 20;

/** Idle lanes cost nothing but room, and a pool seldom leaves the configuration. */
const tidyEveryMs = 30_000;

/** Lost runs in a row after which a task is given up, resumed or not: it takes its workers down. */
const maxLosses = 8;
/** What takes a worker down does so soon. */
const trialMs = 30_000;

const cancelPausesMs = [2_000, 5_000, 15_000, 30_000];

const homelessFailure: TaskFailure = {
  kind: 'unavailable',
  text: 'its backends are no longer configured here',
  billed: 'no',
};

export interface Recovery {
  start(): void;
  /** One round, as the timer does it. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Compares the record with the world, at start and on a timer: admits what waits, gives the queue
 * what it forgot, and takes over what a dead worker left. One process at a time does it.
 */
export function createRecovery(deps: RecoveryDependencies): Recovery {
  const { db, transact, pools, queue, log } = deps;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  let stopped = false;
  let tidyAt = performance.now();
  let trustsLeasesFrom = Number.NEGATIVE_INFINITY;
  let pauseMs = deps.everyMs;

  async function sweep(): Promise<void> {
    pauseMs = deps.everyMs;
    if (!(await takeLease(db, 'recovery', deps.workerId, deps.everyMs * dutySweeps))) return;
    for (const run of await findOrphanedRuns(db)) {
      const isOwn = run.workerId === deps.workerId && deps.isAtWork(run);
      if (isOwn || performance.now() < trustsLeasesFrom) continue;
      if (await mustWait(run)) continue;
      // One that cannot be taken over now holds up none of the others.
      await takeOver(run).catch((error: unknown) => {
        log.warn({ err: error, taskId: run.taskId, run: run.run }, 'A run waits to be taken over');
      });
    }
    await requeue(await findUnstartedRuns(db, unstartedAfterMs));
    // One at a time: each locks its person's lane.
    for (const task of await findExpiredTasks(db)) {
      await transact((trx, effects) => failExpiredTask(trx, effects, task));
    }
    await deps.admission.sweep();
    await tidy();
    // A worker's death is found when its lease ends, and not a whole pause later.
    const leaseEndMs = await untilLeaseEnds(db);
    if (leaseEndMs !== undefined) pauseMs = Math.min(pauseMs, leaseEndMs + leaseMarginMs);
  }

  /**
   * What was lost twice in a row may be what takes workers down, and may not: it was perhaps only
   * beside it. One after the other tells them apart, the least suspect first.
   */
  async function mustWait(run: OrphanedRun): Promise<boolean> {
    return run.losses > 0 && !run.cancelRequested && (await isAnyOnTrial(db, trialMs));
  }

  /** Deadlines and whatever else is due do not wait for a queue that is away. */
  async function requeue(runs: readonly RunJob[]): Promise<void> {
    try {
      for (const run of runs) {
        if (await queue.has(run)) continue;
        log.info({ ...run }, 'The queue forgot a run; it is added again');
        await queue.add(run);
      }
    } catch (error) {
      log.warn({ err: error }, 'The queue cannot be asked for what it forgot');
    }
  }

  async function tidy(): Promise<void> {
    if (performance.now() < tidyAt) return;
    tidyAt = performance.now() + tidyEveryMs;
    for (const { name } of pools.all) await transact((trx) => dropIdleLanes(trx, name));
    const names = pools.all.map(({ name }) => name);
    for (const taskId of await findHomelessTasks(db, names)) {
      log.warn({ taskId }, 'A task waits for a pool that is no longer configured');
      await transact((trx, effects) =>
        failTask(trx, effects, { taskId, from: 'pending' }, homelessFailure),
      );
    }
    for (const merge of await findLateBelongings(db)) {
      await transact((trx) => moveBelongings(trx, merge)).catch((error: unknown) => {
        log.warn({ err: error, ...merge }, 'What came late to a joined account waits to be moved');
      });
    }
  }

  /** A run without a lease ends as lost; a new one resumes or repeats it where that costs nothing. */
  async function takeOver(orphan: OrphanedRun): Promise<void> {
    const backend = pools.backend(orphan.pool, orphan.instance);
    const resumable = orphan.handle !== null && (backend?.capabilities.resumable ?? false);
    const paid = backend?.capabilities.paid ?? true;
    log.warn({ taskId: orphan.taskId, run: orphan.run, resumable }, 'A worker lost a run');
    const losses = orphan.losses + 1;
    const job = await transact(async (trx, effects): Promise<RunJob | undefined> => {
      // Given up, it is no longer one of a row: a retry by hand begins a new one.
      const ended = await endExpiredRun(trx, orphan, losses < maxLosses ? 'lost' : 'failed');
      if (!ended) return undefined;
      if (orphan.cancelRequested) {
        await cancelTask(trx, effects, orphan);
        return undefined;
      }
      const fail = (text: string | null, billed: 'no' | 'unknown') =>
        failTask(trx, effects, orphan, { kind: 'lost', text, billed });
      if (!resumable && paid && orphan.submitted) {
        await fail(null, 'unknown');
        return undefined;
      }
      if (!resumable && orphan.submissions >= maxSubmissions) {
        await fail(`it was given up after ${orphan.submissions} submissions`, 'no');
        return undefined;
      }
      if (losses >= maxLosses) {
        await fail(`it was given up after ${losses} workers were lost`, paid ? 'unknown' : 'no');
        return undefined;
      }
      return beginSuccessor(trx, effects, orphan, resumable ? ended : { ...ended, handle: null });
    });
    if (job) await queue.add(job);
    // Not waited for: the record says cancelled, also while the backend is away.
    if (orphan.cancelRequested && orphan.handle && backend) {
      void tellCancelled(backend, orphan.handle, orphan.taskId);
    }
  }

  /** Tries for a while: a backend that is away has mostly stopped the run itself. */
  async function tellCancelled(backend: Backend, handle: BackendHandle, taskId: string) {
    for (const pauseMs of [...cancelPausesMs, undefined]) {
      try {
        return await backend.cancel(handle);
      } catch (error) {
        log.warn(
          { err: error, taskId, backend: backend.name },
          'A backend was not told of a cancel',
        );
        if (pauseMs === undefined || stopped) return;
        await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
      }
    }
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      current = sweep()
        .catch((error: unknown) => {
          trustsLeasesFrom = performance.now() + renewalPatienceMs;
          log.warn({ err: error }, 'A recovery round failed');
        })
        .finally(schedule);
    }, pauseMs);
  }

  return {
    start() {
      current = sweep()
        .catch((error: unknown) => log.warn({ err: error }, 'The first recovery round failed'))
        .finally(schedule);
    },
    sweep,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
