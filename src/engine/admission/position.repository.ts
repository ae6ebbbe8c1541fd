import { sql } from 'kysely';
import type { QueuePosition } from '../batches/batch.js';
import type { Database } from '../db/connection.js';
import { countAhead } from './fair-share.js';

/** Runs by which the estimate judges. */
const recentRuns = 30;

/** Where a batch's first waiting task stands among its person's own. */
interface Head {
  readonly batchId: string;
  readonly pool: string;
  readonly userId: string;
  /** Of the person's own waiting tasks, of which the cap allows only so many. */
  readonly ahead: number;
}

interface PoolStanding {
  readonly pool: string;
  readonly lanes:
    | readonly {
        readonly userId: string;
        readonly virtualTime: number;
        readonly weight: number;
        readonly waiting: number;
      }[]
    | null;
  readonly medianMs: number | null;
}

/**
 * Where each batch's first waiting task stands in its pool; undefined where none waits. Costs a step
 * for each person who waits, and none for their tasks: a batch's own are looked up by themselves,
 * for a plan that was made without statistics would walk the index of all that wait.
 */
export async function readPositions(
  db: Database,
  batchIds: readonly string[],
  concurrencyOf: (pool: string) => Promise<number>,
): Promise<(QueuePosition | undefined)[]> {
  const { rows } = await sql<{ heads: Head[] | null; pools: PoolStanding[] | null }>`
    with asked as materialized (
      select batch_id, pool, user_id, sequence, state from tasks
      where batch_id = any(${batchIds}::text[])
    ),
    heads as materialized (
      select distinct on (batch_id) batch_id, pool, user_id, sequence from asked
      where state = 'pending' order by batch_id, sequence
    )
    select
      (
        select json_agg(json_build_object('batchId', batch_id, 'pool', pool, 'userId', user_id,
          'ahead', (
            select count(*)::int from tasks own
            where own.pool = heads.pool and own.user_id = heads.user_id and own.state = 'pending'
              and own.sequence < heads.sequence)))
        from heads
      ) as heads,
      (
        select json_agg(json_build_object('pool', pool,
          'lanes', (
            select json_agg(json_build_object('userId', user_id, 'virtualTime', virtual_time,
              'weight', weight, 'waiting', waiting))
            from lanes where lanes.pool = named.pool and is_waiting),
          'medianMs', (
            select percentile_cont(0.5) within group (order by duration_ms)
            from (
              select extract(epoch from ended_at - started_at)::float8 * 1000 as duration_ms
              from runs where runs.pool = named.pool and outcome = 'completed'
              order by ended_at desc limit ${recentRuns}
            ) recent)))
        from (select distinct pool from heads) named
      ) as pools`.execute(db);
  const { heads, pools } = rows[0] ?? {};
  const standings = new Map(
    await Promise.all(
      (pools ?? []).map(
        async (pool) =>
          [pool.pool, { ...pool, concurrency: await concurrencyOf(pool.pool) }] as const,
      ),
    ),
  );
  const headOf = new Map(heads?.map((head) => [head.batchId, head]));
  return batchIds.map((batchId) => {
    const head = headOf.get(batchId);
    const standing = head && standings.get(head.pool);
    return standing && positionOf(head, standing);
  });
}

function positionOf(
  { userId, ahead: ownAhead }: Head,
  { lanes, medianMs, concurrency }: PoolStanding & { readonly concurrency: number },
): QueuePosition | undefined {
  const own = lanes?.find((lane) => lane.userId === userId);
  if (!lanes || !own) return undefined;
  const others = lanes.filter((lane) => lane !== own);
  const ahead = countAhead({ ...own, ahead: ownAhead }, others);
  const rounds = Math.ceil((ahead + 1) / concurrency);
  return {
    position: ahead + 1,
    estimateMs: medianMs === null ? null : Math.round(medianMs * rounds),
  };
}
