import type { Database } from '../db/connection.js';

/** Batches with something waiting or running, oldest first; in one scope, or everywhere. */
export async function findOpenBatches(
  db: Database,
  scopeId: string | undefined,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('batches')
    .select('id')
    .where((row) =>
      row.exists(
        row
          .selectFrom('tasks')
          .select('tasks.id')
          .whereRef('tasks.batchId', '=', 'batches.id')
          .where('tasks.state', 'in', ['pending', 'processing']),
      ),
    )
    .$if(scopeId !== undefined, (query) => query.where('scopeId', '=', scopeId ?? ''))
    .orderBy('createdAt')
    .orderBy('id')
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map(({ id }) => id);
}
