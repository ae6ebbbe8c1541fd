import type { BatchView } from '../batches/batch.js';
import { readBatches } from '../batches/batch-view.repository.js';
import type { Database } from '../db/connection.js';
import {
  countBatches,
  findBatchIdOfTask,
  findBatchIds,
  findRecentIds,
  type HistoryFilter,
} from './history.repository.js';

export interface HistoryPage {
  /** Newest first. */
  readonly batches: readonly BatchView[];
  /** 1 is the newest; the last one there is, where one beyond it was asked for. */
  readonly page: number;
  /** At least 1. */
  readonly pages: number;
  /** Batches on all pages. */
  readonly total: number;
}

/** What people asked for before. */
export interface History {
  /** @throws RecordUnavailableError */
  page(filter: HistoryFilter, page: number, batchesOnPage: number): Promise<HistoryPage>;
  /** Ids of somebody's latest batches and of their tasks, newest first: what a wrong id may mean. */
  recentIds(userId: string): Promise<{ readonly batchId: string; readonly taskId: string }[]>;
  /** The batch that a task belongs to. */
  batchOfTask(taskId: string): Promise<BatchView | undefined>;
}

const recentBatches = 50;

export function createHistory(db: Database): History {
  return {
    async page(filter, asked, batchesOnPage) {
      const total = await countBatches(db, filter);
      const pages = Math.max(1, Math.ceil(total / batchesOnPage));
      const page = Math.min(Math.max(1, asked), pages);
      const offset = (page - 1) * batchesOnPage;
      const ids = await findBatchIds(db, filter, { offset, limit: batchesOnPage });
      const views = await readBatches(db, ids);
      return { batches: ids.flatMap((id) => views.get(id) ?? []), page, pages, total };
    },

    recentIds: (userId) => findRecentIds(db, userId, recentBatches),

    async batchOfTask(taskId) {
      const batchId = await findBatchIdOfTask(db, taskId);
      return batchId === undefined ? undefined : (await readBatches(db, [batchId])).get(batchId);
    },
  };
}
