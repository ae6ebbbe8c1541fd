import { type RawBuilder, sql } from 'kysely';
import { lockPool } from '../admission/lane.repository.js';
import type { Database, Transaction } from '../db/connection.js';
import { deleteStored, readStored, writeStored } from '../preferences/preference.repository.js';
import { parsePreferences } from '../preferences/preferences-service.js';
import { globalScope } from '../settings/setting.repository.js';
import { weightKey } from '../settings/weight.js';

export interface Merge {
  /** The account that joins, and has nothing of its own afterwards. */
  readonly from: string;
  readonly into: string;
}

export async function markJoined(trx: Transaction, { from, into }: Merge): Promise<void> {
  await sql`
    update users set account_id = ${into},
      language = coalesce((select language from users where id = ${into}), language)
    where id = ${from}`.execute(trx);
  await sql`
    update users set language = coalesce(language, (select language from users where id = ${from}))
    where id = ${into}`.execute(trx);
}

/**
 * Everything that counts as somebody's goes over: batches, tasks, runs, their places in the lanes,
 * what was used today. Waiting tasks keep their order.
 */
export async function moveBelongings(trx: Transaction, merge: Merge): Promise<void> {
  const { from, into } = merge;
  // By their keys, and those before anything is locked: only batches have an index by person.
  const batchIds = await idsOf(trx, sql`select id from batches where user_id = ${from}`);
  const taskIds = await idsOf(trx, sql`select id from tasks where batch_id = any(${batchIds})`);
  const pools = await trx
    .selectFrom('lanes')
    .select('pool')
    .where('userId', 'in', [from, into])
    .distinct()
    .orderBy('pool')
    .execute();
  for (const { pool } of pools) await lockPool(trx, pool);
  // Tasks before runs and lanes, as in every change of a task: its trigger counts it in its lane.
  await sql`select from tasks where id = any(${taskIds}) order by id for update`.execute(trx);
  await sql`
    select from runs where task_id = any(${taskIds}) order by task_id, number for update`.execute(
    trx,
  );
  await sql`
    select from lanes where user_id in (${from}, ${into}) order by pool, user_id for update`.execute(
    trx,
  );
  await sql`
    insert into lanes (pool, user_id, virtual_time, weight)
    select pool, ${into}, virtual_time, weight from lanes where user_id = ${from}
    on conflict (pool, user_id) do update
      set virtual_time = greatest(lanes.virtual_time, excluded.virtual_time)`.execute(trx);
  await sql`update batches set user_id = ${into} where id = any(${batchIds})`.execute(trx);
  await sql`update tasks set user_id = ${into} where id = any(${taskIds})`.execute(trx);
  await sql`update runs set user_id = ${into} where task_id = any(${taskIds})`.execute(trx);
  await sql`
    update lanes set waiting = (
      select count(*)::integer from tasks
      where tasks.pool = lanes.pool and tasks.user_id = lanes.user_id and tasks.state = 'pending')
    where user_id in (${from}, ${into})`.execute(trx);
  await sql`delete from lanes where user_id = ${from} and waiting = 0`.execute(trx);
  await sql`
    insert into blocks (scope_id, user_id, blocked_by)
    select scope_id, ${into}, blocked_by from blocks where user_id = ${from}
    on conflict do nothing`.execute(trx);
  await moveUsage(trx, merge);
  await movePreferences(trx, merge);
  await moveWeight(trx, merge);
}

/** Accounts that have something of their own again: it was being submitted while they joined. */
export async function findLateBelongings(db: Database): Promise<Merge[]> {
  const { rows } = await sql<Merge>`
    select id as "from", account_id as "into" from users
    where account_id is not null and exists (select from batches where user_id = users.id)`.execute(
    db,
  );
  return rows;
}

async function idsOf(trx: Transaction, query: RawBuilder<unknown>): Promise<string[]> {
  const { rows } = await sql<{ readonly id: string }>`${query} order by id`.execute(trx);
  return rows.map(({ id }) => id);
}

async function moveUsage(trx: Transaction, { from, into }: Merge): Promise<void> {
  await sql`
    with gone as (delete from usage where subject = ${`user:${from}`} returning day, images)
    insert into usage (day, subject, images) select day, ${`user:${into}`}, images from gone
    on conflict (day, subject) do update set images = usage.images + excluded.images`.execute(trx);
}

/** Those of the account that goes on go first. */
async function movePreferences(trx: Transaction, { from, into }: Merge): Promise<void> {
  const theirs = parsePreferences(await readStored(trx, from));
  if (Object.keys(theirs).length === 0) return;
  await writeStored(trx, into, { ...theirs, ...parsePreferences(await readStored(trx, into)) });
  await deleteStored(trx, from);
}

/** A share of turns that an operator gave; that of the account that goes on goes first. */
async function moveWeight(trx: Transaction, { from, into }: Merge): Promise<void> {
  await sql`
    insert into settings (scope_id, key, value, updated_by)
    select scope_id, ${weightKey(into)}, value, updated_by from settings
    where scope_id = ${globalScope} and key = ${weightKey(from)}
    on conflict (scope_id, key) do nothing`.execute(trx);
}
