import { setTimeout as delay } from 'node:timers/promises';
import { joinLane } from '../admission/lane.repository.js';
import type { Pools } from '../backends/pools.js';
import { bumpCard } from '../cards/card.repository.js';
import type { Database, Transaction } from '../db/connection.js';
import { isConnectionError } from '../db/connection-error.js';
import type { Effects, Transact } from '../db/transact.js';
import { EngineError, type EngineProblem } from '../engine-error.js';
import { createId } from '../ids.js';
import { storageKeysOf } from '../images/image.repository.js';
import type { ImageStore } from '../images/image-store.js';
import { dailyQuotas } from '../limits/limit.js';
import { blockOf, type PolicyReader, policyProblem } from '../policy/policy.js';
import { endRun, lockUnsentRun } from '../tasks/run.repository.js';
import {
  cancelTask,
  deleteTasks,
  type LockedTask,
  lockTasks,
  requestCancel,
  reviveTask,
} from '../tasks/task.repository.js';
import type { TaskState } from '../tasks/task-state.js';
import { chargeToday } from '../usage/charge.js';
import { isLimited } from '../usage/quota.js';
import { giveUsageBack } from '../usage/usage.repository.js';
import type { Actor, User } from '../users/user.js';
import type { SubmitRequest, SubmittedBatch } from './batch.js';
import { deleteBatch, findBatchOfUpdate, findTarget } from './batch.repository.js';
import { newTasks, type RoutedTask, routeTasks } from './routed-tasks.js';
import { insertSubmission } from './submission.repository.js';

export interface BatchServiceDependencies {
  readonly db: Database;
  readonly transact: Transact;
  readonly pools: Pools;
  readonly store: ImageStore;
  /** What holds in a scope, at most a second old. */
  readonly policyIn: PolicyReader;
  /** A person's share of turns, where no setting says another. */
  readonly weightOf: (
    person: Pick<User, 'platform' | 'platformUserId'>,
    adminWeight: number,
  ) => number;
}

/** A pool has replaced a broken connection by then. */
const secondTryMs = 300;

/** What people do to batches. Everything that changes goes through the tasks' state machine. */
export function createBatchService(deps: BatchServiceDependencies) {
  const { db, transact, pools, store } = deps;

  async function submit(request: SubmitRequest): Promise<SubmittedBatch> {
    const policy = await deps.policyIn(request.scopeId);
    const hidden = request.asAdmin ? new Set<string>() : policy.hiddenModels;
    const tasks = await routeTasks(pools, request.tasks, hidden);
    const models = await namesOfModels(pools, tasks);
    const { user, scopeId } = request;
    const problem = await policyProblem(policy, { ...wishOf(request), userId: user.id, models });
    if (problem) return knownBatch(request, problem);
    const { waitingTasks, adminWeight } = policy.limits;
    const submission = {
      batchId: createId(),
      request,
      tasks: newTasks(tasks),
      weight: deps.weightOf(user, adminWeight),
      maxWaiting: waitingTasks,
    };
    const quotas = dailyQuotas(policy.limits);
    const keep = async (): Promise<SubmittedBatch> => {
      const outcome = isLimited(quotas)
        ? await transact(async (trx, effects) => {
            const kept = await insertSubmission(trx, effects, { ...submission, isCharged: true });
            const counts = request.tasks.map(({ count }) => count);
            if (kept.kind === 'made') await chargeToday(trx, quotas, { user, scopeId }, counts);
            return kept;
          })
        : await transact.statement((executor, effects) =>
            insertSubmission(executor, effects, { ...submission, isCharged: false }),
          );
      switch (outcome.kind) {
        case 'made':
          return { batchId: submission.batchId, created: true };
        case 'known':
          return { batchId: outcome.batchId, created: false };
        case 'too-many-waiting': {
          const { waiting } = outcome;
          throw new EngineError({ kind: 'too-many-waiting', waiting, limit: waitingTasks });
        }
        case 'contested':
          return keep();
      }
    };
    try {
      return await keep();
    } catch (error) {
      if (!isConnectionError(error)) throw error;
      // The commit may stand and only its answer be lost: asked again, the update finds its batch.
      await delay(secondTryMs);
      return keep();
    }
  }

  /** A rule that came later does not undo what an update had made before. @throws EngineError */
  async function knownBatch(
    { update }: SubmitRequest,
    problem: EngineProblem,
  ): Promise<SubmittedBatch> {
    const batchId = await findBatchOfUpdate(db, update);
    if (batchId === undefined) throw new EngineError(problem);
    return { batchId, created: false };
  }

  /**
   * The tasks that the id of a batch or of a task means, locked, once it is clear that the actor
   * may act on them. `isAll`: none of the batch is left out.
   */
  async function lockOwnTasks(trx: Transaction, id: string, actor: Actor) {
    const target = await findTarget(trx, id);
    if (target === undefined) throw new EngineError({ kind: 'unknown-batch', id });
    const { owner, batchId, taskId } = target;
    if (owner.id !== actor.userId && !actor.manages) {
      throw new EngineError({ kind: 'not-yours', id });
    }
    const all = await lockTasks(trx, batchId);
    const tasks = taskId === undefined ? all : all.filter((task) => task.id === taskId);
    return { owner, batchId, tasks, isAll: tasks.length === all.length };
  }

  /** Ends what waits, and what is in the queue but at no worker yet; asks for the rest. */
  async function cancelAll(
    trx: Transaction,
    effects: Effects,
    batchId: string,
    tasks: readonly LockedTask[],
  ): Promise<number> {
    let ended = 0;
    for (const task of tasks) {
      if (task.state === 'pending') {
        if (await cancelTask(trx, effects, { taskId: task.id, from: 'pending' })) ended += 1;
      } else if (task.state === 'processing') {
        const key = { taskId: task.id, run: task.runNumber };
        if (!(await lockUnsentRun(trx, key))) continue;
        if (await endRun(trx, key, 'cancelled')) await cancelTask(trx, effects, key);
        ended += 1;
      }
    }
    const asked = await requestCancel(trx, effects, batchId, idsOf(tasks));
    return ended + asked.length;
  }

  return {
    submit,

    async cancel(id: string, actor: Actor): Promise<void> {
      await transact(async (trx, effects) => {
        const { batchId, tasks } = await lockOwnTasks(trx, id, actor);
        if ((await cancelAll(trx, effects, batchId, tasks)) === 0) {
          throw new EngineError({ kind: 'nothing-to-cancel', id });
        }
      });
    },

    async retry(id: string, actor: Actor): Promise<void> {
      await transact(async (trx, effects) => {
        const { owner, tasks } = await lockOwnTasks(trx, id, actor);
        const inState = (wanted: TaskState) => tasks.filter(({ state }) => state === wanted);
        const failed = inState('failed');
        // What was cancelled was not wanted: beside what failed it is left alone.
        const ended = failed.length > 0 ? failed : inState('cancelled');
        if (ended.length === 0) throw new EngineError({ kind: 'nothing-to-retry', id });
        const policy = await deps.policyIn(owner.scopeId);
        const blocked = blockOf(policy, owner.id);
        if (blocked) throw new EngineError(blocked);
        for (const pool of poolsOf(ended)) {
          await joinLane(trx, pool, owner.id, deps.weightOf(owner, policy.limits.adminWeight));
        }
        const counts = ended.map(({ images }) => images);
        const quotas = dailyQuotas(policy.limits);
        const chargedOn = isLimited(quotas)
          ? await chargeToday(trx, quotas, { user: owner, scopeId: owner.scopeId }, counts)
          : null;
        for (const task of ended) await reviveTask(trx, effects, task.id, chargedOn);
      });
    },

    async remove(id: string, actor: Actor): Promise<void> {
      const keys = await transact(async (trx, effects) => {
        const { batchId, tasks, isAll } = await lockOwnTasks(trx, id, actor);
        await cancelAll(trx, effects, batchId, tasks);
        // A run that is asked to stop ends without its record.
        const unfinished = tasks.filter(({ state }) => state !== 'completed');
        await giveUsageBack(trx, idsOf(unfinished));
        const freed = await storageKeysOf(trx, idsOf(tasks));
        if (isAll) await deleteBatch(trx, batchId);
        else {
          await deleteTasks(trx, idsOf(tasks));
          await bumpCard(trx, effects, batchId);
        }
        for (const { pool } of tasks) effects.wake(pool);
        return freed;
      });
      await Promise.all(keys.map((key) => store.delete(key)));
    },
  };
}

function idsOf(tasks: readonly LockedTask[]): string[] {
  return tasks.map(({ id }) => id);
}

/** The models that tasks will run on; without a name, a pool runs its first. */
async function namesOfModels(pools: Pools, tasks: readonly RoutedTask[]): Promise<string[]> {
  const known = await pools.models();
  return tasks.flatMap(({ task, route }) => {
    if (task.operation === 'upscale') return [];
    return route.model?.name ?? known.find(({ pool }) => pool === route.pool)?.name ?? [];
  });
}

/** What rules look at. */
function wishOf({ prompt, tasks, place }: SubmitRequest) {
  return {
    prompts: [...new Set([prompt, ...tasks.map((task) => task.prompt)])],
    presets: tasks.flatMap(({ preset }) => preset?.name ?? []),
    place,
  };
}

/** In one order for all, so that no two transactions wait for each other's lanes. */
function poolsOf(tasks: readonly { readonly pool: string }[]): string[] {
  return [...new Set(tasks.map(({ pool }) => pool))].sort();
}
