import { sql } from 'kysely';
import type { Transaction } from '../db/connection.js';

/** Images of the day so far, those just charged among them. */
export interface Usage {
  readonly user: number;
  readonly scope: number;
  /** The day that they count for, `YYYY-MM-DD`. */
  readonly day: string;
  readonly resetsAt: Date;
}

/** Counts images for both at once, in the caller's transaction. */
export async function chargeUsage(
  trx: Transaction,
  charge: { readonly userId: string; readonly scopeId: string; readonly images: number },
): Promise<Usage> {
  const [user, scope] = [`user:${charge.userId}`, `scope:${charge.scopeId}`];
  const { rows } = await sql<{ subject: string; images: number; day: string; resetsAt: Date }>`
    insert into usage (day, subject, images)
    values
      ((now() at time zone 'utc')::date, ${user}, ${charge.images}),
      ((now() at time zone 'utc')::date, ${scope}, ${charge.images})
    on conflict (day, subject) do update set images = usage.images + excluded.images
    returning subject, images, day::text, (day + 1)::timestamp at time zone 'utc' as resets_at
  `.execute(trx);
  const of = (subject: string) => rows.find((row) => row.subject === subject)?.images ?? 0;
  const [{ day, resetsAt } = { day: '', resetsAt: new Date(0) }] = rows;
  return { user: of(user), scope: of(scope), day, resetsAt };
}

/**
 * Gives the images of tasks that made none back to the day they were counted for. A task says
 * whether it is counted: what was given back once is not given back again.
 */
export async function giveUsageBack(trx: Transaction, taskIds: readonly string[]): Promise<void> {
  await sql`
    with given as (
      update tasks set charged_on = null
      from (
        select id, charged_on from tasks
        where id = any(${taskIds}) and charged_on is not null for update
      ) counted
      where tasks.id = counted.id
      returning tasks.batch_id, tasks.user_id, (tasks.request ->> 'count')::integer as images,
        counted.charged_on
    ),
    sums as (
      select given.charged_on as day, subjects.subject, sum(given.images)::integer as images
      from given
      join batches on batches.id = given.batch_id
      cross join lateral (
        values ('user:' || given.user_id), ('scope:' || batches.scope_id)
      ) subjects (subject)
      group by 1, 2
    )
    update usage set images = usage.images - sums.images
    from sums where usage.day = sums.day and usage.subject = sums.subject`.execute(trx);
}
