import type { Logger } from 'pino';
import type { Admission } from '../admission/admission.js';
import { dropIdleLanes } from '../admission/lane.repository.js';
import type { Pools } from '../backends/pools.js';
import type { Database } from '../db/connection.js';
import { takeLease } from '../db/lease.repository.js';
import type { Transact } from '../db/transact.js';
import type { RunJob, RunQueue } from '../queue/run-queue.js';
import { maxSubmissions } from '../tasks/retry-policy.js';
import {
  endRun,
  findOrphanedRuns,
  findUnstartedRuns,
  type OrphanedRun,
} from '../tasks/run.repository.js';
import { cancelTask, failTask } from '../tasks/task.repository.js';
import { failExpiredTask, findExpiredTasks } from '../tasks/waiting.repository.js';
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
}

/** An admitted run normally starts within milliseconds. */
const unstartedAfterMs = 3_000;

/** Idle lanes cost nothing but room. */
const dropLanesEveryMs = 30_000;

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
  let dropLanesAt = performance.now() + dropLanesEveryMs;

  async function sweep(): Promise<void> {
    if (!(await takeLease(db, 'recovery', deps.workerId, deps.everyMs * 5))) return;
    for (const run of await findOrphanedRuns(db)) await takeOver(run);
    for (const run of await findUnstartedRuns(db, unstartedAfterMs)) {
      if (!(await queue.has(run))) {
        log.info({ ...run }, 'The queue forgot a run; it is added again');
        await queue.add(run);
      }
    }
    // One at a time: each locks its person's lane.
    for (const task of await findExpiredTasks(db)) {
      await transact((trx, effects) => failExpiredTask(trx, effects, task));
    }
    await dropLanes();
    await deps.admission.sweep();
  }

  async function dropLanes(): Promise<void> {
    if (performance.now() < dropLanesAt) return;
    dropLanesAt = performance.now() + dropLanesEveryMs;
    for (const { name } of pools.all) await transact((trx) => dropIdleLanes(trx, name));
  }

  /** A run without a lease ends as lost; a new one resumes or repeats it where that costs nothing. */
  async function takeOver(orphan: OrphanedRun): Promise<void> {
    const backend = pools.backend(orphan.pool, orphan.instance);
    const resumable = orphan.handle !== null && (backend?.capabilities.resumable ?? false);
    const paid = backend?.capabilities.paid ?? true;
    log.warn({ taskId: orphan.taskId, run: orphan.run, resumable }, 'A worker lost a run');
    if (orphan.cancelRequested && orphan.handle) await backend?.cancel(orphan.handle);

    const job = await transact(async (trx, effects): Promise<RunJob | undefined> => {
      const ended = await endRun(trx, orphan, 'lost');
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
      return beginSuccessor(trx, effects, orphan, resumable ? ended : { ...ended, handle: null });
    });
    if (job) await queue.add(job);
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      current = sweep()
        .catch((error: unknown) => log.warn({ err: error }, 'A recovery round failed'))
        .finally(schedule);
    }, deps.everyMs);
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
