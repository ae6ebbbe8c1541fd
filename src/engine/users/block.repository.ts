import { type ExpressionBuilder, sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';
import type { DB } from '../db/tables.js';
import type { Platform, User } from './user.js';

export interface BlockKey {
  readonly scopeId: string;
  readonly userId: string;
}

/** False: blocked there already. */
export async function insertBlock(
  trx: Transaction,
  key: BlockKey,
  blockedBy: string,
): Promise<boolean> {
  const row = await trx
    .insertInto('blocks')
    .values({ ...key, blockedBy })
    .onConflict((conflict) => conflict.doNothing())
    .returning('userId')
    .executeTakeFirst();
  return row !== undefined;
}

/** False: not blocked there. */
export async function deleteBlock(trx: Transaction, key: BlockKey): Promise<boolean> {
  const row = await trx
    .deleteFrom('blocks')
    .where('scopeId', '=', key.scopeId)
    .where('userId', '=', key.userId)
    .returning('userId')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * By the platform's id, by Easel's, or by a handle without its `@`, in any case. The id is that of
 * the person: what is done to one of several joined accounts is done to all of them.
 */
export async function findPerson(
  db: Database,
  platform: Platform,
  wanted: string,
): Promise<User | undefined> {
  const matches = (row: ExpressionBuilder<DB, 'users'>) =>
    row.or([
      row.and([row('platform', '=', platform), row('platformUserId', '=', wanted)]),
      row.and([
        row('platform', '=', platform),
        row(sql<string>`lower(handle)`, '=', wanted.toLowerCase()),
      ]),
      row('id', '=', wanted),
    ]);
  return db
    .selectFrom('users')
    .select(['platform', 'platformUserId', 'name', 'locale'])
    .select(sql<string>`coalesce(account_id, id)`.as('id'))
    .where(matches)
    .orderBy('createdAt', 'desc')
    .executeTakeFirst();
}

/** Batches of a person that wait or run, in one scope or in all. */
export async function findOpenBatchIds(
  db: Database,
  { userId, scopeId }: { readonly userId: string; readonly scopeId: string | undefined },
): Promise<string[]> {
  const rows = await db
    .selectFrom('tasks')
    .innerJoin('batches', 'batches.id', 'tasks.batchId')
    .select('batches.id')
    .distinct()
    .where('tasks.userId', '=', userId)
    .where('tasks.state', 'in', ['pending', 'processing'])
    .$if(scopeId !== undefined, (query) => query.where('batches.scopeId', '=', scopeId ?? ''))
    .execute();
  return rows.map(({ id }) => id);
}

/** Who had how much made. */
export interface PersonUse {
  readonly id: string;
  readonly name: string;
  readonly handle: string | null;
  readonly platform: Platform;
  readonly platformUserId: string;
  readonly batches: number;
  readonly images: number;
  readonly lastAt: Date;
  readonly blocked: boolean;
}

/**
 * Of one scope, or of all where it is undefined; who made most first. Of joined accounts, the one
 * that was used there last is named: who manages a place has no business with the other.
 */
export async function readUse(
  db: Database,
  scopeId: string | undefined,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<PersonUse[]> {
  const here = scopeId === undefined ? sql`true` : sql`batches.scope_id = ${scopeId}`;
  const { rows } = await sql<PersonUse>`
    select used.user_id as id, account.name, account.handle, account.platform,
      account.platform_user_id, used.batches, used.images, used.last_at,
      exists (
        select 1 from blocks where blocks.user_id = used.user_id
          and blocks.scope_id in ('global', ${scopeId ?? 'global'})
      ) as blocked
    from (
      select batches.user_id, count(*)::int as batches, max(batches.created_at) as last_at,
        coalesce(sum(made.images), 0)::int as images,
        (array_agg(batches.update_platform order by batches.created_at desc))[1] as platform
      from batches
      left join lateral (
        select count(*) as images from images
        join tasks on tasks.id = images.task_id where tasks.batch_id = batches.id
      ) made on true
      where ${here}
      group by batches.user_id
    ) used
    cross join lateral (
      select name, handle, platform, platform_user_id from users
      where users.id = used.user_id or users.account_id = used.user_id
      order by (users.platform = used.platform) desc limit 1
    ) account
    order by used.images desc, used.last_at desc, used.user_id
    limit ${limit} offset ${offset}`.execute(db);
  return rows;
}
