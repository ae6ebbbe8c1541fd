import type { Logger } from 'pino';
import type { BackendCapabilities, BackendResult } from '../backends/backend.js';
import type { TaskFailure } from '../batches/batch.js';
import { gathered } from '../db/gathered.js';
import type { Transact } from '../db/transact.js';
import type { ImageStore } from '../images/image-store.js';
import type { RunQueue } from '../queue/run-queue.js';
import type { StartedRun } from '../tasks/held-runs.repository.js';
import { type Decision, failureOf } from '../tasks/retry-policy.js';
import { endRun, type RunKey } from '../tasks/run.repository.js';
import { cancelTask, failTask, postponeTask } from '../tasks/task.repository.js';
import { type CompletedTask, completeTasks } from '../tasks/task-run.repository.js';
import { type ImageMetadataPolicy, storeResultImages } from './result-images.js';
import { beginSuccessor } from './succession.js';

export interface OutcomeDependencies {
  readonly transact: Transact;
  readonly store: ImageStore;
  readonly metadata: ImageMetadataPolicy;
  readonly queue: RunQueue;
  readonly log: Logger;
}

/** A run that goes on, or has ended by now, on an instance that cannot be reached. */
export interface KeptRun {
  readonly instance: string;
  /** Then no other instance may begin it anew. */
  readonly paid: boolean;
}

export interface RunCircumstances {
  /** The backend may still have the run: the next one on this instance resumes it. */
  readonly kept?: KeptRun | undefined;
  /** Submissions that count, where not all of those that were begun have reached the backend. */
  readonly submissions?: number;
}

/** Writes down how runs ended. Each write names its run: too late, it changes nothing. */
export interface Outcomes {
  completed(key: RunKey, started: StartedRun, result: BackendResult): Promise<void>;
  decided(key: RunKey, decision: Decision, circumstances?: RunCircumstances): Promise<void>;
  failed(key: RunKey, failure: TaskFailure): Promise<void>;
  /**
   * This process gives the run up. A resumable one goes on under the next run's number; another
   * waits again as if it had not been submitted, unless it may have cost something.
   */
  handedBack(
    key: RunKey,
    started: StartedRun,
    capabilities: Pick<BackendCapabilities, 'resumable' | 'paid'>,
  ): Promise<void>;
}

export function createOutcomes(deps: OutcomeDependencies): Outcomes {
  const { transact, store, queue, log } = deps;
  const complete = gathered((tasks: readonly CompletedTask[]) =>
    transact.statement((db, effects) => completeTasks(db, effects, tasks)),
  );

  async function failed(key: RunKey, failure: TaskFailure): Promise<void> {
    await transact(async (trx, effects) => {
      if (await endRun(trx, key, 'failed')) await failTask(trx, effects, key, failure);
    });
  }

  return {
    async completed(key, { request }, result) {
      for (const error of result.failures ?? []) {
        log.warn({ err: error, ...key, operator: error.operatorText }, 'An image of a run failed');
      }
      const images = await storeResultImages(result, request, deps);
      const { model } = result;
      const kept = await complete({ ...key, model, images, failure: failureBeside(result) });
      if (kept === 'kept') return;
      if (kept === 'late') {
        log.info({ ...key }, 'A late result was dropped: a later run has the task, or nobody');
      }
      await Promise.all(images.map((image) => store.delete(image.storageKey)));
    },

    async decided(key, decision, { kept, submissions } = {}) {
      if (decision.kind === 'fail') return failed(key, decision.failure);
      await transact(async (trx, effects) => {
        if (decision.kind === 'cancel') {
          if (await endRun(trx, key, 'cancelled')) await cancelTask(trx, effects, key);
          return;
        }
        const ended = await endRun(trx, key, kept ? 'interrupted' : 'postponed');
        if (!ended) return;
        await postponeTask(trx, effects, key, {
          delayMs: decision.delayMs,
          pinnedInstance: kept?.paid ? kept.instance : null,
          waitReason: decision.reason,
          retries: decision.retries,
          deadlineInMs: decision.deadlineInMs,
          // With a handle on record, it may have reached the backend all the same.
          ...(submissions === undefined || ended.handle ? {} : { submissions }),
        });
      });
    },

    failed,

    async handedBack(key, started, capabilities) {
      const job = await transact(async (trx, effects) => {
        const ended = await endRun(trx, key, 'handed-back');
        if (!ended) return undefined;
        if (capabilities.resumable && ended.handle) {
          return beginSuccessor(trx, effects, key, ended);
        }
        if (capabilities.paid) {
          await failTask(trx, effects, key, { kind: 'lost', text: null, billed: 'unknown' });
          return undefined;
        }
        await postponeTask(trx, effects, key, {
          delayMs: 0,
          waitReason: null,
          submissions: started.submissions - 1,
        });
        return undefined;
      });
      if (job) await queue.add(job);
    },
  };
}

/** Why images of a run that went well are missing: the first reason stands for all. */
function failureBeside({ failures }: BackendResult): TaskFailure | null {
  const [first] = failures ?? [];
  return first ? failureOf(first) : null;
}
