import { sql } from 'kysely';
import { lockedCards } from '../cards/card.repository.js';
import type { Database, Transaction } from '../db/connection.js';

/** Oldest first, a bounded number at a time, so that nothing is locked for long. */
const atOnce = 500;

/** Files whose records are taken out of use; their bytes are still there. */
interface RemovalCandidates {
  readonly imageIds: readonly string[];
  readonly inputIds: readonly string[];
}

/** Of tasks that have ended, and older than that many days. */
export async function findOlderThan(db: Database, days: number): Promise<RemovalCandidates> {
  const before = sql`now() - ${days} * interval '1 day'`;
  return findAmong(db, sql`files.created_at < ${before}`);
}

/** The oldest of what is more than that many bytes together; a task's images go all or none. */
export async function findBeyond(db: Database, maxBytes: number): Promise<RemovalCandidates> {
  return findAmong(db, sql`files.bytes_up_to_here > ${maxBytes}`);
}

async function findAmong(
  db: Database,
  condition: ReturnType<typeof sql>,
): Promise<RemovalCandidates> {
  const { rows } = await sql<{ kind: 'image' | 'input'; id: string }>`
    with kept as (
      select 'image' as kind, id, task_id as whole_id, byte_length, created_at
      from images where removed_at is null
      union all
      select 'input', id, id, byte_length, created_at from inputs where removed_at is null
    ),
    files as (
      select kind, id, whole_id, created_at,
        sum(byte_length) over (order by created_at desc, whole_id) as bytes_up_to_here
      from kept
    )
    select files.kind, files.id from files
    where ${condition} and not exists (
      select 1 from task_inputs join tasks on tasks.id = task_inputs.task_id
      where files.kind = 'input' and task_inputs.input_id = files.id
        and tasks.state in ('pending', 'processing')
    )
    order by files.created_at, files.whole_id, files.id limit ${atOnce}`.execute(db);
  const idsOf = (wanted: string) => rows.flatMap(({ kind, id }) => (kind === wanted ? [id] : []));
  return { imageIds: idsOf('image'), inputIds: idsOf('input') };
}

/** Seconds between two cards that are to say so: old ones take no turn away from those that live. */
const cardPaceSeconds = 10;
/** Cards that wait for a turn. Once so many do, no old one joins them: pressed, its buttons say it. */
const mostWaitingCards = 300;

/**
 * Says that the files are gone, and notes them as ones to delete, in one transaction: a crash after
 * it leaves files that are deleted later, and never a record of a file that is not there. Cards that
 * stand in a chat come to say so too, one after the other, after those that wait for it already. What
 * is to be shown for another reason as well keeps its turn.
 */
export async function removeFiles(
  trx: Transaction,
  { imageIds, inputIds }: RemovalCandidates,
): Promise<number> {
  const { rows } = await sql`
    with gone as (
      update images set removed_at = now()
      where id = any(${imageIds}) and removed_at is null returning storage_key, task_id
    ),
    gone_inputs as (
      update inputs set removed_at = now()
      where id = any(${inputIds}) and removed_at is null returning storage_key
    ),
    touched as (
      select array_agg(distinct tasks.batch_id) as batch_ids
      from gone join tasks on tasks.id = gone.task_id
    ),
    locked as (${lockedCards(sql`(select batch_ids from touched)::text[]`)}),
    told as (
      select batch_id, row_number() over (partition by is_due order by batch_id) as place
      from cards join locked using (batch_id)
      where rendered_version > 0 and undeliverable_reason is null
    ),
    waiting as (
      select count(*) as cards, greatest(now(), max(due_at)) as last_due_at from cards where is_due
    ),
    shown as (
      update cards set version = version + 1,
        due_at = case when is_due then due_at
          else waiting.last_due_at + told.place * ${cardPaceSeconds} * interval '1 second' end
      from told, waiting
      where cards.batch_id = told.batch_id
        and (is_due or waiting.cards + told.place <= ${mostWaitingCards})
    )
    insert into discarded_files (storage_key)
    select storage_key from gone union select storage_key from gone_inputs
    on conflict do nothing returning storage_key`.execute(trx);
  return rows.length;
}

export async function findDiscarded(db: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('discardedFiles')
    .select('storageKey')
    .orderBy('createdAt')
    .limit(atOnce)
    .execute();
  return rows.map(({ storageKey }) => storageKey);
}

export async function forgetDiscarded(db: Database, storageKeys: readonly string[]): Promise<void> {
  if (storageKeys.length === 0) return;
  await db.deleteFrom('discardedFiles').where('storageKey', 'in', storageKeys).execute();
}

/** Those of the keys that no record in use has. */
export async function findUnrecorded(db: Database, keys: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select given.key from unnest(${keys}::text[]) as given (key)
    where not exists (
        select 1 from images where storage_key = given.key and removed_at is null)
      and not exists (
        select 1 from inputs where storage_key = given.key and removed_at is null)`.execute(db);
  return rows.map(({ key }) => key);
}

/** Answered updates and counts of days that nobody asks for any more. */
export async function pruneRecords(
  db: Database,
  days: { readonly updates: number; readonly usage: number },
): Promise<void> {
  await sql`
    delete from updates where closed_at < now() - ${days.updates} * interval '1 day'`.execute(db);
  await sql`
    delete from usage where day < (now() at time zone 'utc')::date - ${days.usage}::int`.execute(
    db,
  );
}
