import type { BatchNote, BatchView, TaskRequest } from '../batches/batch.js';
import { findBatchOfUpdate } from '../batches/batch.repository.js';
import type { BatchServiceDependencies } from '../batches/batch-service.js';
import { readBatches } from '../batches/batch-view.repository.js';
import { newTasks, routeTasks } from '../batches/routed-tasks.js';
import { bumpCard } from '../cards/card.repository.js';
import { EngineError } from '../engine-error.js';
import { dailyQuotas } from '../limits/limit.js';
import { lockTasks } from '../tasks/task.repository.js';
import { closeUpdates } from '../updates/update.repository.js';
import { chargeToday } from '../usage/charge.js';
import { isLimited } from '../usage/quota.js';
import type { Platform, User } from '../users/user.js';
import { addNotes, findLatestBatch, insertFurtherTasks } from './album.repository.js';

/** What comes after the rest of its album. */
export interface Addition {
  readonly user: User;
  readonly tasks: readonly TaskRequest[];
  readonly notes: readonly BatchNote[];
  /** The updates that it came by: closed with it, so that it is added once. */
  readonly updates: { readonly platform: Platform; readonly keys: readonly string[] };
}

/** Albums come in parts, and a part may come when the batch of the others is made already. */
export interface Albums {
  /** The batch that an update has made. */
  batchOf(platform: Platform, updateKey: string): Promise<BatchView | undefined>;
  /** Somebody's last batch in a scope. */
  latestOf(userId: string, scopeId: string): Promise<BatchView | undefined>;
  /**
   * More tasks for a batch of which nothing has begun. False: something has, and nothing is changed.
   * @throws EngineError too-many-waiting, quota-exceeded
   * @throws RecordUnavailableError
   */
  extend(batchId: string, addition: Addition): Promise<boolean>;
}

type AlbumDependencies = Pick<BatchServiceDependencies, 'db' | 'transact' | 'pools' | 'policyIn'>;

export function createAlbums(deps: AlbumDependencies): Albums {
  const { db, transact, pools, policyIn } = deps;

  const view = async (batchId: string | undefined): Promise<BatchView | undefined> => {
    if (batchId === undefined) return undefined;
    return (await readBatches(db, [batchId])).get(batchId);
  };

  async function extend(batchId: string, addition: Addition): Promise<boolean> {
    const batch = await view(batchId);
    if (!batch) return false;
    const { user, notes, updates } = addition;
    // What the batch itself runs on was looked at when it was made.
    const routed = await routeTasks(pools, addition.tasks, new Set());
    const added = newTasks(routed, batch.tasks.length);
    const { limits } = await policyIn(batch.scopeId);
    const maxWaiting = limits.waitingTasks;
    const quotas = dailyQuotas(limits);
    return transact(async (trx, effects) => {
      const tasks = await lockTasks(trx, batchId);
      const isUntouched = tasks.every(
        ({ state, runNumber }) => state === 'pending' && runNumber === 0,
      );
      if (!isUntouched || tasks.length !== batch.tasks.length) return false;
      const counts = addition.tasks.map(({ count }) => count);
      const chargedOn = isLimited(quotas)
        ? await chargeToday(trx, quotas, { user, scopeId: batch.scopeId }, counts)
        : null;
      const waiting = await insertFurtherTasks(trx, { batchId, userId: user.id, chargedOn }, added);
      if (waiting > maxWaiting) {
        const limit = maxWaiting;
        throw new EngineError({
          kind: 'too-many-waiting',
          waiting: waiting - added.length,
          limit,
        });
      }
      await addNotes(trx, batchId, notes);
      await closeUpdates(trx, updates.platform, updates.keys);
      await bumpCard(trx, effects, batchId);
      for (const pool of new Set(added.map((task) => task.pool))) effects.wake(pool);
      return true;
    });
  }

  return {
    batchOf: async (platform, updateKey) =>
      view(await findBatchOfUpdate(db, { platform, key: updateKey })),
    latestOf: async (userId, scopeId) => view(await findLatestBatch(db, userId, scopeId)),
    extend,
  };
}
