import { sql } from 'kysely';
import type { QueuePosition } from '../batches/batch.js';
import type { Database } from '../db/connection.js';
import { countAhead } from './fair-share.js';

/** Runs by which the estimate judges. */
const recentRuns = 30;

interface Standing {
  readonly pool: string;
  readonly userId: string;
  /** Of the person's own waiting tasks, of which the cap allows only so many. */
  readonly ahead: number;
  readonly lanes: readonly {
    readonly userId: string;
    readonly virtualTime: number;
    readonly weight: number;
    readonly waiting: number;
  }[];
  readonly medianMs: number | null;
}

/**
 * Where a batch's first waiting task stands in its pool. Undefined when none waits. Costs a step for
 * each person who waits, and none for their tasks: the batch's own are looked up by themselves, for
 * a plan that was made without statistics would walk the index of all that wait.
 */
export async function readPosition(
  db: Database,
  batchId: string,
  concurrencyOf: (pool: string) => Promise<number>,
): Promise<QueuePosition | undefined> {
  const { rows } = await sql<Standing>`
    select head.pool, head.user_id,
      (
        select count(*)::int from tasks own
        where own.pool = head.pool and own.user_id = head.user_id and own.state = 'pending'
          and own.sequence < head.sequence
      ) as ahead,
      (
        select json_agg(json_build_object('userId', user_id, 'virtualTime', virtual_time,
          'weight', weight, 'waiting', waiting))
        from lanes where pool = head.pool and is_waiting
      ) as lanes,
      (
        select percentile_cont(0.5) within group (order by duration_ms)
        from (
          select extract(epoch from ended_at - started_at)::float8 * 1000 as duration_ms
          from runs where pool = head.pool and outcome = 'completed'
          order by ended_at desc limit ${recentRuns}
        ) recent
      ) as median_ms
    from (
      with asked as materialized (
        select pool, user_id, sequence, state from tasks where batch_id = ${batchId}
      )
      select pool, user_id, sequence from asked
      where state = 'pending' order by sequence limit 1
    ) head`.execute(db);
  const [standing] = rows;
  const lanes = standing?.lanes ?? [];
  const own = lanes.find(({ userId }) => userId === standing?.userId);
  if (!standing || !own) return undefined;
  const others = lanes.filter((lane) => lane !== own);
  const ahead = countAhead({ ...own, ahead: standing.ahead }, others);
  const { medianMs } = standing;
  const rounds = Math.ceil((ahead + 1) / (await concurrencyOf(standing.pool)));
  return {
    position: ahead + 1,
    estimateMs: medianMs === null ? null : Math.round(medianMs * rounds),
  };
}
