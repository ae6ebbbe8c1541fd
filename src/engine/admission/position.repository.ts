import { sql } from 'kysely';
import type { QueuePosition } from '../batches/batch.js';
import type { Database } from '../db/connection.js';
import { countAhead } from './fair-share.js';

/** Runs by which the estimate judges. */
const recentRuns = 30;

/**
 * Where a batch's first waiting task stands in its pool. Undefined when none waits. Costs a step for
 * each person who waits, and none for their tasks.
 */
export async function readPosition(
  db: Database,
  batchId: string,
  concurrencyOf: (pool: string) => Promise<number>,
): Promise<QueuePosition | undefined> {
  const task = await db
    .selectFrom('tasks')
    .select(['id', 'pool', 'userId', 'sequence'])
    .where('batchId', '=', batchId)
    .where('state', '=', 'pending')
    .orderBy('sequence')
    .limit(1)
    .executeTakeFirst();
  if (!task) return undefined;
  const [rows, aheadInLane] = await Promise.all([
    db
      .selectFrom('lanes')
      .select(['userId', 'virtualTime', 'weight', 'waiting'])
      .where('pool', '=', task.pool)
      .where('isWaiting', '=', true)
      .execute(),
    countAheadInLane(db, task),
  ]);
  const own = rows.find((row) => row.userId === task.userId);
  if (!own) return undefined;
  const others = rows.filter((row) => row.userId !== task.userId);
  const ahead = countAhead({ ...own, ahead: aheadInLane }, others);
  const medianMs = await readMedianRunMs(db, task.pool);
  const rounds = Math.ceil((ahead + 1) / (await concurrencyOf(task.pool)));
  return {
    position: ahead + 1,
    estimateMs: medianMs === null ? null : Math.round(medianMs * rounds),
  };
}

/** Of the person's own waiting tasks, of which the cap allows only so many. */
async function countAheadInLane(
  db: Database,
  task: { readonly pool: string; readonly userId: string; readonly sequence: number },
): Promise<number> {
  const row = await db
    .selectFrom('tasks')
    .select((fn) => fn.fn.countAll<number>().as('ahead'))
    .where('pool', '=', task.pool)
    .where('userId', '=', task.userId)
    .where('state', '=', 'pending')
    .where('sequence', '<', task.sequence)
    .executeTakeFirstOrThrow();
  return row.ahead;
}

async function readMedianRunMs(db: Database, pool: string): Promise<number | null> {
  const { rows } = await sql<{ medianMs: number | null }>`
    select percentile_cont(0.5) within group (order by duration_ms) as median_ms
    from (
      select extract(epoch from ended_at - started_at)::float8 * 1000 as duration_ms
      from runs where pool = ${pool} and outcome = 'completed'
      order by ended_at desc limit ${recentRuns}
    ) recent`.execute(db);
  return rows[0]?.medianMs ?? null;
}
