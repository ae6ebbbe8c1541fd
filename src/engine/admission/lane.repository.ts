import { sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';
import { globalScope } from '../settings/setting.repository.js';
import { weightKey } from '../settings/weight.js';
import type { Lane } from './fair-share.js';

/** One admission at a time for each pool, in all processes. Held until the transaction ends. */
export async function lockPool(trx: Transaction, pool: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`easel admission ${pool}`}, 0))`.execute(
    trx,
  );
}

/**
 * A lane takes its place at the pool's virtual time, with the person's weight: a setting's, else
 * the one given.
 */
export async function joinLane(
  trx: Transaction,
  pool: string,
  userId: string,
  weight: number,
): Promise<void> {
  await sql`
    insert into lanes (pool, user_id, virtual_time, weight)
    values (
      ${pool}, ${userId},
      coalesce((select virtual_time from pools where name = ${pool}), 0),
      coalesce(
        (select value::float8 from settings
          where scope_id = ${globalScope} and key = ${weightKey(userId)}),
        ${weight}
      )
    )
    on conflict (pool, user_id) do update
      set virtual_time = greatest(lanes.virtual_time, excluded.virtual_time),
        weight = excluded.weight`.execute(trx);
}

/** A changed weight counts from the next task on. */
export async function reweighLanes(
  trx: Transaction,
  userId: string,
  weight: number,
): Promise<void> {
  await trx.updateTable('lanes').set({ weight }).where('userId', '=', userId).execute();
}

export interface WaitingLane extends Lane {
  /** The task at the head, the one that would be admitted. */
  readonly taskId: string;
  /** The only instance that may have it. */
  readonly pinnedInstance: string | null;
}

/** Lanes with a task that may run now, on one of these instances. */
export async function readWaitingLanes(
  trx: Transaction,
  pool: string,
  instances: readonly string[],
): Promise<WaitingLane[]> {
  const { rows } = await sql<WaitingLane>`
    select lanes.user_id, lanes.virtual_time, lanes.weight, head.id as task_id, head.pinned_instance,
      (select count(*)::int from runs
        where runs.pool = lanes.pool and runs.user_id = lanes.user_id and runs.state <> 'ended')
        as running
    from lanes
    cross join lateral (
      select id, pinned_instance from tasks
      where tasks.pool = lanes.pool and tasks.user_id = lanes.user_id and tasks.state = 'pending'
        and (tasks.available_at is null or tasks.available_at <= now())
        and (tasks.pinned_instance is null or tasks.pinned_instance = any(${instances}))
      order by sequence limit 1
    ) head
    where lanes.pool = ${pool}
    order by lanes.virtual_time, head.id`.execute(trx);
  return rows;
}

/** Writes down that a lane was served: its next start tag, and the pool's virtual time. */
export async function advanceLane(
  trx: Transaction,
  pool: string,
  lane: Lane,
  nextVirtualTime: number,
): Promise<void> {
  await sql`
    with served as (
      update lanes set virtual_time = ${nextVirtualTime}
      where pool = ${pool} and user_id = ${lane.userId})
    insert into pools (name, virtual_time) values (${pool}, ${lane.virtualTime})
    on conflict (name) do update
      set virtual_time = greatest(pools.virtual_time, excluded.virtual_time)`.execute(trx);
}

/** Runs that hold a slot, by instance. */
export async function countRunning(
  db: Database | Transaction,
  pool: string,
): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('runs')
    .select(['instance', (fn) => fn.fn.countAll<number>().as('running')])
    .where('pool', '=', pool)
    .where('state', '!=', 'ended')
    .groupBy('instance')
    .execute();
  return new Map(rows.map((row) => [row.instance, Number(row.running)]));
}
