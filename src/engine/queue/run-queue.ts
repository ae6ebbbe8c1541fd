/** What travels to a worker: the name of a run, and nothing that the record does not know better. */
export interface RunJob {
  readonly taskId: string;
  readonly run: number;
}

/** `left`: this process can't do it and another may. It is offered again, in a moment. */
// biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to say.
export type RunHandler = (job: RunJob) => Promise<void | 'left'>;

/**
 * Carries admitted runs to workers, at least once. It may lose all it holds: the record re-adds
 * what it forgot. `test/contracts/queue.ts` runs on both implementations.
 */
export interface RunQueue {
  /**
   * Resolves when the queue can be used. @throws its service's own error, and UnfitQueueError where
   * the service would lose what it is given
   */
  ready(): Promise<void>;
  /** The same run twice while it waits or works makes one job. @throws its service's own error */
  add(job: RunJob): Promise<void>;
  /** Whether the queue still holds the run, waiting or at work. */
  has(job: RunJob): Promise<boolean>;
  /** Begins to work; `handle` must not throw for what a task does. */
  work(handle: RunHandler, concurrency: number): RunWorker;
  close(): Promise<void>;
}

export interface RunWorker {
  /** Takes no further job and resolves when those at work have ended. */
  drain(): Promise<void>;
}

/** BullMQ allows neither `:` nor digits alone in a job's id; task ids hold no `:`. */
export function jobIdOf(job: RunJob): string {
  return `${job.taskId}-${job.run}`;
}
