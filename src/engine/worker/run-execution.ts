import type { AbortReason, Backend, BackendRequest, BackendResult } from '../backends/backend.js';
import { BackendError } from '../backends/backend-error.js';
import type { InstanceHealth } from '../backends/instance-health.js';
import type { TaskProgress } from '../batches/batch.js';
import type { Database } from '../db/connection.js';
import type { Signals } from '../queue/signals.js';
import type { LeaseState, StartedRun } from '../tasks/held-runs.repository.js';
import { type RunKey, saveHandle } from '../tasks/run.repository.js';
import type { LeaseTimes } from './run-lease.js';

export interface ExecutionTimes extends LeaseTimes {
  /** Silence after which a run is given up, on a backend that reports progress. */
  readonly silenceMs: number;
  /** The same, on one that does not. */
  readonly silenceWithoutProgressMs: number;
}

export const defaultExecutionTimes: ExecutionTimes = {
  leaseMs: 2_000,
  renewEveryMs: 600,
  detachAfterMs: 10_000,
  silenceMs: 60_000,
  silenceWithoutProgressMs: 180_000,
};

/** How a run ended. `detached`: it is no longer this worker's, and nothing may be recorded. */
export type Execution =
  | { readonly kind: 'finished'; readonly result: BackendResult }
  /** `wasUnderWay`: the backend had told of the run before. */
  | { readonly kind: 'failed'; readonly error: BackendError; readonly wasUnderWay: boolean }
  | { readonly kind: 'silent' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'handed-back' }
  | { readonly kind: 'detached' };

/** A run at work on its backend: watches for silence, and can be ended early. */
export interface RunningRun {
  readonly done: Promise<Execution>;
  /** Another process can go on with it, at no cost. */
  readonly isResumable: boolean;
  /** A user's wish: the backend is told. */
  cancel(): void;
  /** What became of the lease: the run is not this worker's any more, or somebody wants its end. */
  obey(lease: Exclude<LeaseState, 'held'>): void;
  /** This process stops: the backend is left at work, for whoever comes next. */
  handBack(): void;
}

export interface ExecutionDependencies {
  readonly db: Database;
  readonly signals: Signals;
  readonly workerId: string;
  readonly times: ExecutionTimes;
  readonly health: InstanceHealth;
}

export function executeRun(
  deps: ExecutionDependencies,
  backend: Backend,
  key: RunKey,
  run: StartedRun,
  request: BackendRequest,
): RunningRun {
  const { db, workerId, times } = deps;
  const abort = new AbortController();
  let cause: 'cancel' | 'hand-back' | 'lost' | 'silent' | 'dead' | undefined;
  let heardAt = performance.now();
  let fraction = 0;
  let wasUnderWay = run.handle !== null;

  function end(why: NonNullable<typeof cause>, reason: AbortReason): void {
    if (cause) return;
    cause = why;
    abort.abort(reason);
  }

  const silenceLimitMs =
    backend.capabilities.silenceLimitMs ??
    (backend.capabilities.progress ? times.silenceMs : times.silenceWithoutProgressMs);
  const unwatch = deps.health.watch(
    backend.name,
    () => performance.now() - heardAt,
    () => end('dead', 'detach'),
  );
  const watchdog = setInterval(() => {
    if (performance.now() - heardAt > silenceLimitMs) end('silent', 'cancel');
  }, times.renewEveryMs);

  const context = {
    signal: abort.signal,
    onProgress: (progress: Pick<TaskProgress, 'fraction' | 'preview'>) => {
      if (abort.signal.aborted) return;
      heardAt = performance.now();
      wasUnderWay = true;
      fraction = Math.max(fraction, Math.min(1, progress.fraction));
      deps.signals.publish('progress', {
        batchId: run.batchId,
        taskId: key.taskId,
        run: key.run,
        fraction,
        ...(progress.preview ? { preview: progress.preview } : {}),
      });
    },
    saveHandle: async (handle: Parameters<typeof saveHandle>[3]) => {
      if (!(await saveHandle(db, key, workerId, handle))) {
        end('lost', 'detach');
        throw new BackendError('The run is no longer ours', {
          kind: 'cancelled',
          retryable: false,
        });
      }
    },
  };

  const work = run.handle
    ? backend.resume(run.handle, request, context)
    : backend.run(request, context);

  const done = work
    .then(
      (result): Execution => ({ kind: 'finished', result }),
      (error: unknown): Execution => {
        if (cause === 'silent') return { kind: 'silent' };
        if (cause === 'cancel') return { kind: 'cancelled' };
        if (cause === 'hand-back') return { kind: 'handed-back' };
        if (cause === 'lost') return { kind: 'detached' };
        if (cause === 'dead')
          return { kind: 'failed', error: deadInstance(backend), wasUnderWay: true };
        return { kind: 'failed', error: asBackendError(error), wasUnderWay };
      },
    )
    .finally(() => {
      clearInterval(watchdog);
      unwatch();
    });

  return {
    done,
    isResumable: backend.capabilities.resumable,
    cancel: () => end('cancel', 'cancel'),
    obey: (lease) => (lease === 'lost' ? end('lost', 'detach') : end('cancel', 'cancel')),
    handBack: () => end('hand-back', 'detach'),
  };
}

/** The instance answers no health check, and the run is silent too. */
function deadInstance(backend: Backend): BackendError {
  const { paid, resumable } = backend.capabilities;
  return new BackendError(`${backend.name} answers no health check any more`, {
    kind: 'unavailable',
    retryable: true,
    billed: paid && !resumable ? 'unknown' : 'no',
  });
}

/** A backend that throws anything else has a defect: the task fails, the log has the stack. */
function asBackendError(error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  return new BackendError('The backend threw something unforeseen', {
    kind: 'transient',
    retryable: true,
    cause: error,
  });
}
