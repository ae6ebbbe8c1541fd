import { sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';
import { globalScope } from '../settings/setting.repository.js';
import { weightKey } from '../settings/weight.js';
import type { AdmissionPlan, WaitingLane } from './admission-plan.js';
import type { UserCaps } from './fair-share.js';

/** One admission at a time for each pool, in all processes. Held until the transaction ends. */
export async function lockPool(trx: Transaction, pool: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`easel admission ${pool}`}, 0))`.execute(
    trx,
  );
}

/**
 * Makes or locks a person's lane, with their weight: a setting's, else the one given. Its place and
 * its count of waiting tasks follow from the tasks themselves, by the database's triggers.
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
    on conflict (pool, user_id) do update set weight = excluded.weight`.execute(trx);
}

/** A changed weight counts from the next task on. */
export async function reweighLanes(
  trx: Transaction,
  userId: string,
  weight: number,
): Promise<void> {
  await trx.updateTable('lanes').set({ weight }).where('userId', '=', userId).execute();
}

const unlimited = 2 ** 31 - 1;

/** Whether anything waits in the pool. Asked without a lock: a wake-up follows what comes later. */
export async function isAnyoneWaiting(db: Database, pool: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from lanes where pool = ${pool} and is_waiting limit 1`.execute(db);
  return rows.length > 0;
}

/**
 * Of the lanes with a task that may run now on one of these instances, those that come first by
 * `pickLane`, each with its first such tasks: as many of both as there are slots, for a slot takes
 * one task of one lane. Looks at lanes that wait and at what runs, never at all tasks.
 */
export async function readWaitingLanes(
  trx: Transaction,
  pool: string,
  slots: readonly string[],
  caps: UserCaps,
): Promise<WaitingLane[]> {
  const { rows } = await sql<WaitingLane>`
    select ordered.user_id, ordered.virtual_time, ordered.weight, ordered.running, head.tasks
    from (
      select lanes.user_id, lanes.virtual_time, lanes.weight,
        coalesce(busy.running, 0) as running,
        coalesce(busy.running, 0) >= ${caps.whileOthersWait} as is_capped
      from lanes
      left join (
        select user_id, count(*)::int as running from runs
        where pool = ${pool} and state <> 'ended' group by user_id
      ) busy on busy.user_id = lanes.user_id
      where lanes.pool = ${pool} and lanes.is_waiting
        and coalesce(busy.running, 0) < ${caps.hard ?? unlimited}
      order by is_capped, lanes.virtual_time, lanes.user_id
    ) ordered
    cross join lateral (
      select json_agg(json_build_object('id', id, 'pinnedInstance', pinned_instance)
        order by sequence) as tasks
      from (
        select id, pinned_instance, sequence from tasks
        where tasks.pool = ${pool} and tasks.user_id = ordered.user_id
          and tasks.state = 'pending'
          and (tasks.available_at is null or tasks.available_at <= now())
          and (tasks.pinned_instance is null or tasks.pinned_instance = any(${slots}))
        order by sequence limit ${slots.length}
      ) first
    ) head
    where head.tasks is not null
    order by ordered.is_capped, ordered.virtual_time, ordered.user_id
    limit ${slots.length}`.execute(trx);
  return rows;
}

/** Writes down who was served: their next start tags, and the pool's virtual time. */
export async function advanceLanes(
  trx: Transaction,
  pool: string,
  { served, virtualTime }: Pick<AdmissionPlan, 'served' | 'virtualTime'>,
): Promise<void> {
  await sql`
    with advanced as (
      update lanes set virtual_time = served.time
      from unnest(
        ${served.map(({ userId }) => userId)}::text[],
        ${served.map((lane) => lane.virtualTime)}::float8[]
      ) served (person, time)
      where pool = ${pool} and user_id = served.person
    )
    insert into pools (name, virtual_time) values (${pool}, ${virtualTime})
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

/** Waiting tasks of one pool. */
export async function countWaitingIn(db: Database, pool: string): Promise<number> {
  const row = await db
    .selectFrom('lanes')
    .select((fn) => fn.fn.sum<number | null>('waiting').as('waiting'))
    .where('pool', '=', pool)
    .where('isWaiting', '=', true)
    .executeTakeFirstOrThrow();
  return row.waiting ?? 0;
}

/**
 * Forgets idle lanes that would lose nothing by it: those at or behind the pool's virtual time,
 * where they would begin again, and all of them once the whole pool is idle, which moves its virtual
 * time past the last of them. A task that arrives meanwhile waits for the lane's lock: either its
 * lane is found in use here, or it makes the lane anew.
 */
export async function dropIdleLanes(trx: Transaction, pool: string): Promise<void> {
  await lockPool(trx, pool);
  await sql`
    insert into pools (name, virtual_time)
    select ${pool}, max(virtual_time) from lanes where pool = ${pool}
    having max(virtual_time) is not null and not bool_or(is_waiting)
      and not exists (select from runs where pool = ${pool} and state <> 'ended')
    on conflict (name) do update
      set virtual_time = greatest(pools.virtual_time, excluded.virtual_time)`.execute(trx);
  await sql`
    delete from lanes using pools
    where lanes.pool = ${pool} and pools.name = ${pool} and lanes.waiting = 0
      and lanes.virtual_time <= pools.virtual_time
      and not exists (
        select from runs
        where runs.pool = lanes.pool and runs.user_id = lanes.user_id and runs.state <> 'ended'
      )`.execute(trx);
}
