import { writeAudit } from '../audit/audit.repository.js';
import type { BatchView } from '../batches/batch.js';
import { readBatches } from '../batches/batch-view.repository.js';
import type { Database } from '../db/connection.js';
import type { Transact } from '../db/transact.js';
import { EngineError } from '../engine-error.js';
import { globalScope } from '../settings/setting.repository.js';
import type { Actor } from '../users/user.js';
import { findOpenBatches } from './open-batch.repository.js';

export interface QueueService {
  /** Whatever waits or runs in a scope, or everywhere where it is undefined; oldest first. */
  list(scopeId: string | undefined, page: { limit: number; offset: number }): Promise<BatchView[]>;
  /** Cancels one batch in the name of the administration. @throws EngineError */
  cancel(batch: BatchView, actor: Actor): Promise<void>;
  /** Cancels all that waits or runs there. @returns the ids of what was cancelled */
  cancelAll(scopeId: string | undefined, actor: Actor): Promise<string[]>;
}

export interface QueueServiceDependencies {
  readonly db: Database;
  readonly transact: Transact;
  readonly cancel: (batchId: string, actor: Actor) => Promise<void>;
}

/** More than anybody has waiting; the rest takes another call. */
const mostBatches = 10_000;
/** An entry of the audit stays readable. */
const auditedIds = 100;

export function createQueueService(deps: QueueServiceDependencies): QueueService {
  const { db, transact } = deps;

  const audit = (scopeId: string, userId: string, batchIds: readonly string[]) => {
    const details = { count: batchIds.length, batchIds: batchIds.slice(0, auditedIds) };
    return transact((trx) =>
      writeAudit(trx, { scopeId, userId, action: 'batches-cancelled', details }),
    );
  };

  return {
    async list(scopeId, page) {
      const ids = await findOpenBatches(db, scopeId, page);
      const views = await readBatches(db, ids);
      return ids.flatMap((id) => views.get(id) ?? []);
    },

    async cancel(batch, actor) {
      await deps.cancel(batch.id, actor);
      await audit(batch.scopeId, actor.userId, [batch.id]);
    },

    async cancelAll(scopeId, actor) {
      const cancelled: string[] = [];
      for (const id of await findOpenBatches(db, scopeId, { limit: mostBatches, offset: 0 })) {
        try {
          await deps.cancel(id, actor);
          cancelled.push(id);
        } catch (error) {
          // It ended, or is being cancelled already.
          if (!(error instanceof EngineError)) throw error;
        }
      }
      if (cancelled.length > 0) await audit(scopeId ?? globalScope, actor.userId, cancelled);
      return cancelled;
    },
  };
}
