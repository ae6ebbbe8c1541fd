import { sql } from 'kysely';
import type { Database } from '../db/connection.js';

/** Whose batches, and which of them. */
export interface HistoryFilter {
  readonly userId: string;
  /** Only those whose prompt has this in it, in whatever case. */
  readonly text?: string;
  /** False leaves out those that only their owner may see. */
  readonly withPrivate: boolean;
}

function ofHistory(db: Database, { userId, text, withPrivate }: HistoryFilter) {
  return db
    .selectFrom('batches')
    .where('userId', '=', userId)
    .where('erasedAt', 'is', null)
    .$if(!withPrivate, (query) => query.where('private', '=', false))
    .$if(text !== undefined, (query) =>
      query.where('prompt', 'ilike', `%${(text ?? '').replace(/[\\%_]/g, '\\$&')}%`),
    );
}

/** Newest first. */
export async function findBatchIds(
  db: Database,
  filter: HistoryFilter,
  range: { readonly offset: number; readonly limit: number },
): Promise<string[]> {
  const rows = await ofHistory(db, filter)
    .select('id')
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .offset(range.offset)
    .limit(range.limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function countBatches(db: Database, filter: HistoryFilter): Promise<number> {
  const { count } = await ofHistory(db, filter)
    .select(sql<number>`count(*)::integer`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** Ids of somebody's latest batches and their tasks, newest first. */
export async function findRecentIds(
  db: Database,
  userId: string,
  batches: number,
): Promise<{ readonly batchId: string; readonly taskId: string }[]> {
  return db
    .selectFrom((recent) =>
      recent
        .selectFrom('batches')
        .select(['id', 'createdAt'])
        .where('userId', '=', userId)
        .orderBy('createdAt', 'desc')
        .limit(batches)
        .as('recent'),
    )
    .innerJoin('tasks', 'tasks.batchId', 'recent.id')
    .select(['recent.id as batchId', 'tasks.id as taskId'])
    .orderBy('recent.createdAt', 'desc')
    .orderBy('tasks.ordinal')
    .execute();
}

export async function findBatchIdOfTask(db: Database, taskId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('tasks')
    .select('batchId')
    .where('id', '=', taskId)
    .executeTakeFirst();
  return row?.batchId;
}
