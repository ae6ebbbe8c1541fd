import { sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';

const key = 'preferences';

const scopeOfUser = (userId: string) => `user:${userId}`;

/** As they were written; a later version may read other fields. */
export async function readStored(db: Database | Transaction, userId: string): Promise<unknown> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('scopeId', '=', scopeOfUser(userId))
    .where('key', '=', key)
    .executeTakeFirst();
  return row?.value;
}

/** Without an audit: they are nobody else's business, and an erasure must find them all. */
export async function writeStored(
  trx: Transaction,
  userId: string,
  preferences: object,
): Promise<void> {
  const value = JSON.stringify(preferences);
  await trx
    .insertInto('settings')
    .values({ scopeId: scopeOfUser(userId), key, value, updatedBy: userId })
    .onConflict((conflict) =>
      conflict.columns(['scopeId', 'key']).doUpdateSet({ value, updatedAt: sql<Date>`now()` }),
    )
    .execute();
}

export async function deleteStored(trx: Transaction, userId: string): Promise<void> {
  await trx.deleteFrom('settings').where('scopeId', '=', scopeOfUser(userId)).execute();
}

/** Of all accounts of a person. Null: the platform's. */
export async function writeLanguage(
  trx: Transaction,
  userId: string,
  language: string | null,
): Promise<void> {
  await trx
    .updateTable('users')
    .set({ language })
    .where((user) => user.or([user('id', '=', userId), user('accountId', '=', userId)]))
    .execute();
}
