import { sql } from 'kysely';
import type { TaskFailure } from '../batches/batch.js';
import type { Database } from '../db/connection.js';

export interface DayCount {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly batches: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Waiting or running still. */
  readonly open: number;
  readonly images: number;
}

export interface ModelMedian {
  readonly model: string;
  readonly tasks: number;
  /** From a task's beginning to its end, of those that completed. */
  readonly medianMs: number;
}

export interface FailureCount {
  readonly kind: TaskFailure['kind'];
  readonly count: number;
}

export interface Statistics {
  /** One each, oldest first, those without anything too. */
  readonly days: readonly DayCount[];
  /** Most first. */
  readonly failures: readonly FailureCount[];
  /** Most used first. */
  readonly models: readonly ModelMedian[];
}

const shownModels = 8;

/** Of the last days, today among them; in one scope, or everywhere where it is undefined. */
export async function readStatistics(
  db: Database,
  scopeId: string | undefined,
  dayCount: number,
): Promise<Statistics> {
  const today = sql`(now() at time zone 'utc')::date`;
  const since = sql`((${today} - ${dayCount - 1}::int)::timestamp at time zone 'utc')`;
  const recent = sql`
    recent as (
      select tasks.*, (batches.created_at at time zone 'utc')::date as day,
        (select count(*) from images where images.task_id = tasks.id) as images
      from batches join tasks on tasks.batch_id = batches.id
      where batches.created_at >= ${since}
        and (${scopeId ?? null}::text is null or batches.scope_id = ${scopeId ?? null})
    )`;
  const [days, failures, models] = await Promise.all([
    sql<DayCount>`
      with ${recent}
      select days.day::date::text as day,
        count(distinct recent.batch_id)::int as batches,
        count(*) filter (where recent.state = 'completed')::int as completed,
        count(*) filter (where recent.state = 'failed')::int as failed,
        count(*) filter (where recent.state = 'cancelled')::int as cancelled,
        count(*) filter (where recent.state in ('pending', 'processing'))::int as open,
        coalesce(sum(recent.images), 0)::int as images
      from generate_series(${today} - ${dayCount - 1}::int, ${today}, interval '1 day') as days (day)
      left join recent on recent.day = days.day::date
      group by days.day order by days.day`.execute(db),
    sql<FailureCount>`
      with ${recent}
      select coalesce(failure_kind, 'internal') as kind, count(*)::int as count
      from recent where state = 'failed' group by 1 order by 2 desc, 1`.execute(db),
    sql<ModelMedian>`
      with ${recent}
      select coalesce(model, request ->> 'model', '–') as model, count(*)::int as tasks,
        percentile_cont(0.5) within group (
          order by extract(epoch from finished_at - started_at) * 1000
        )::float8 as median_ms
      from recent
      where state = 'completed' and started_at is not null and finished_at is not null
      group by 1 order by 2 desc, 1 limit ${shownModels}`.execute(db),
  ]);
  return { days: days.rows, failures: failures.rows, models: models.rows };
}
