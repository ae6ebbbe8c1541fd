import type { Logger } from 'pino';
import { mayGoElsewhere } from '../admission/fallback.js';
import type { Backend, BackendRequest } from '../backends/backend.js';
import { type BackendErrorKind, neverArrived } from '../backends/backend-error.js';
import type { Pools } from '../backends/pools.js';
import { ImageMissingError, type ImageStore, ImageStoreError } from '../images/image-store.js';
import {
  jobIdOf,
  type RunHandler,
  type RunJob,
  type RunQueue,
  type RunWorker,
} from '../queue/run-queue.js';
import type { HeldRuns, StartedRun } from '../tasks/held-runs.repository.js';
import { decideAfterFailure } from '../tasks/retry-policy.js';
import { isUnsentTo, type RunKey } from '../tasks/run.repository.js';
import type { Outcomes } from './outcome.js';
import { persist } from './persistence.js';
import {
  type Execution,
  type ExecutionDependencies,
  executeRun,
  type RunningRun,
} from './run-execution.js';
import { keepLease } from './run-lease.js';
import { prepareRequest } from './run-request.js';

export interface WorkerDependencies extends ExecutionDependencies {
  readonly pools: Pools;
  readonly runs: HeldRuns;
  readonly queue: RunQueue;
  readonly store: ImageStore;
  readonly outcomes: Outcomes;
  readonly log: Logger;
  /** Runs at the same time in this process, at most. The pools' own limits are lower. */
  readonly maxRuns: number;
  /** How long `stop` lets runs go on that would have to begin again; the rest is handed back. */
  readonly graceMs: number;
  readonly onRunEnded: (run: RunReport) => void;
}

/** A run that ended in this process, for monitoring. */
export interface RunReport {
  readonly pool: string;
  readonly backend: string;
  readonly outcome: Execution['kind'];
  /** Of a failed one. */
  readonly failure: BackendErrorKind | null;
  readonly durationMs: number;
}

export interface TaskWorker {
  start(): void;
  /**
   * Takes nothing new. Runs that another process can resume are handed back at once; the others
   * have their grace first.
   */
  stop(): Promise<void>;
  /** Resolves when no run of this process is on the backend any more. */
  whenFree(backend: Backend): Promise<void>;
  /** Whether this process is at work on the run, however late it is with its lease. */
  isAtWork(run: RunKey): boolean;
}

interface KeptLease {
  run?: RunningRun;
  end?: Parameters<RunningRun['obey']>[0];
}

/** Takes runs from the queue, makes them on their backend, and records what came of it. */
export function createTaskWorker(deps: WorkerDependencies): TaskWorker {
  const { pools, runs, outcomes, signals, log, health } = deps;
  const running = new Map<string, RunningRun>();
  /** Runs between the queue and their backend: a cancel reaches them as soon as they run. */
  const starting = new Map<string, { isCancelled: boolean }>();
  /** Runs whose leases this process keeps, from the queue until the record has their outcome. */
  const kept = new Map<string, KeptLease>();
  /** By backend, and not by its name: a reload may give that to another. */
  const inUse = new Map<Backend, Set<Promise<void>>>();
  let worker: RunWorker | undefined;
  let unsubscribe: (() => void) | undefined;
  let handsBack: 'nothing' | 'resumable' | 'all' = 'nothing';

  async function handle(job: RunJob): ReturnType<RunHandler> {
    // Fetched while the queue was being left, perhaps the very run that was just handed back: it
    // stays admitted, and whoever comes next is given it by the recovery.
    if (handsBack !== 'nothing') return;
    if (await isForOthers(job)) return 'left';
    starting.set(job.taskId, { isCancelled: false });
    try {
      const started = await runs.start(job);
      if (started) await runWithLease(job, started);
    } finally {
      starting.delete(job.taskId);
    }
  }

  /**
   * Whether the run is for a backend that refuses this process, and has been waiting for too short a
   * time for one with a better key to have come by.
   */
  async function isForOthers(job: RunJob): Promise<boolean> {
    const refusing = health.refusing();
    return refusing.length > 0 && (await isUnsentTo(deps.db, job, refusing, othersPatienceMs));
  }

  async function runWithLease(job: RunJob, started: StartedRun): Promise<void> {
    const lease: KeptLease = {};
    kept.set(jobIdOf(job), lease);
    const stopKeeping = keepLease(deps, job, (state) => {
      lease.end = state;
      lease.run?.obey(state);
    });
    try {
      await runStarted(job, started);
    } finally {
      stopKeeping();
      kept.delete(jobIdOf(job));
    }
  }

  async function runStarted(job: RunJob, started: StartedRun): Promise<void> {
    const context = { batchId: started.batchId, taskId: job.taskId, run: job.run };
    try {
      await work(job, started);
    } catch (error) {
      log.error({ err: error, ...context }, 'A run ended in a defect, or could not be kept');
      const paid = pools.backend(started.pool, started.instance)?.capabilities.paid ?? false;
      const failure = {
        kind: error instanceof ImageStoreError ? 'storage' : 'internal',
        text: null,
        billed: paid ? 'unknown' : 'no',
      } as const;
      await persist(() => outcomes.failed(job, failure), log, context);
    }
  }

  async function work(key: RunKey, started: StartedRun): Promise<void> {
    const context = { batchId: started.batchId, taskId: key.taskId, run: key.run };
    const backend = pools.backend(started.pool, started.instance);
    if (!backend) {
      // Its instance left the configuration after it was admitted: another may have the task.
      await persist(() => outcomes.handedBack(key, started, goneCapabilities), log, context);
      return;
    }
    const uses = inUse.get(backend) ?? new Set();
    inUse.set(backend, uses);
    const use = workOn(backend, key, started);
    const settled = use.then(
      () => undefined,
      () => undefined,
    );
    uses.add(settled);
    try {
      await use;
    } finally {
      uses.delete(settled);
      if (uses.size === 0) inUse.delete(backend);
    }
  }

  async function workOn(backend: Backend, key: RunKey, started: StartedRun): Promise<void> {
    const context = { batchId: started.batchId, taskId: key.taskId, run: key.run };
    let request: BackendRequest;
    try {
      request = await prepareRequest(deps, key, started, backend);
    } catch (error) {
      if (!(error instanceof ImageMissingError)) throw error;
      const failure = {
        kind: 'invalid-request',
        text: 'the input image is gone',
        billed: 'no',
      } as const;
      await persist(() => outcomes.failed(key, failure), log, context);
      return;
    }
    const beganAt = performance.now();
    const run = executeRun(deps, backend, key, started, request);
    running.set(key.taskId, run);
    if (starting.get(key.taskId)?.isCancelled) run.cancel();
    const lease = kept.get(jobIdOf(key));
    if (lease) lease.run = run;
    if (lease?.end) run.obey(lease.end);
    handBackRuns();
    try {
      const execution = await run.done;
      deps.onRunEnded({
        pool: started.pool,
        backend: backend.name,
        outcome: execution.kind,
        failure: execution.kind === 'failed' ? execution.error.kind : null,
        durationMs: performance.now() - beganAt,
      });
      if (execution.kind === 'finished') health.report(backend.name, null);
      if (execution.kind === 'failed') health.report(backend.name, execution.error);
      const passedMs = performance.now() - beganAt;
      const attempt = { ...started, deadlineInMs: remaining(started.deadlineInMs, passedMs) };
      await persist(() => record(key, attempt, backend, execution), log, context);
    } finally {
      running.delete(key.taskId);
    }
  }

  function handBackRuns(): void {
    for (const run of running.values()) {
      if (handsBack === 'all' || (handsBack === 'resumable' && run.isResumable)) run.handBack();
    }
  }

  async function record(
    key: RunKey,
    started: StartedRun,
    backend: Backend,
    execution: Awaited<RunningRun['done']>,
  ): Promise<void> {
    const context = { batchId: started.batchId, taskId: key.taskId, run: key.run };
    switch (execution.kind) {
      case 'finished':
        return outcomes.completed(key, started, execution.result);
      case 'cancelled':
        return outcomes.decided(key, { kind: 'cancel' });
      case 'handed-back':
        return outcomes.handedBack(key, started, backend.capabilities);
      case 'detached':
        log.warn(context, 'The lease was lost; another worker has the task');
        return;
      case 'silent': {
        const billed = backend.capabilities.paid ? 'unknown' : 'no';
        return outcomes.failed(key, { kind: 'silent', text: null, billed });
      }
      case 'failed': {
        const { error, wasUnderWay } = execution;
        log.warn({ err: error, ...context, backend: backend.name }, 'A run failed');
        const { paid, resumable } = backend.capabilities;
        const keepsRun = wasUnderWay && resumable && error.kind === 'unavailable';
        // What costs money is not begun again elsewhere: it is resumed where it was.
        const isBound = keepsRun && paid;
        const elsewhere = !isBound && (await mayGoElsewhere(deps, started.pool, backend.name));
        // Of a service that was not even reached, a task may try as often as its deadline allows.
        const wasSubmitted = wasUnderWay || !neverArrived(error);
        const submissions = started.submissions - (wasSubmitted ? 0 : 1);
        const attempt = { ...started, submissions, elsewhere };
        const decision = decideAfterFailure(error, attempt);
        const kept = keepsRun ? { paid, instance: backend.name } : undefined;
        return outcomes.decided(key, decision, { kept, submissions });
      }
    }
  }

  return {
    start() {
      unsubscribe = signals.subscribe('cancel', ({ taskId }) => {
        running.get(taskId)?.cancel();
        const run = starting.get(taskId);
        if (run) run.isCancelled = true;
      });
      worker = deps.queue.work(handle, deps.maxRuns);
    },
    async stop() {
      const drained = worker?.drain();
      handsBack = 'resumable';
      handBackRuns();
      const ended = Promise.all([...running.values()].map((run) => run.done));
      await Promise.race([ended, delay(deps.graceMs)]);
      handsBack = 'all';
      handBackRuns();
      await drained;
      unsubscribe?.();
    },
    isAtWork: (run) => kept.has(jobIdOf(run)),
    async whenFree(backend) {
      for (let uses = inUse.get(backend); uses; uses = inUse.get(backend)) {
        await Promise.all(uses);
      }
    },
  };
}

/** Milliseconds from a run's admission. */
const othersPatienceMs = 3_000;

/** Of an instance that is no longer configured: nothing was sent to it by this run. */
const goneCapabilities = { resumable: false, paid: false };

function remaining(spanMs: number | null, passedMs: number): number | null {
  return spanMs === null ? null : Math.max(0, spanMs - passedMs);
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
