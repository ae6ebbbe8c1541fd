import { sql } from 'kysely';
import { writeAudit } from '../audit/audit.repository.js';
import type { Database, Transaction } from '../db/connection.js';

/** The scope of what holds for all servers and chats. */
export const globalScope = 'global';

async function readSetting(
  db: Database | Transaction,
  scopeId: string,
  key: string,
): Promise<unknown> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('scopeId', '=', scopeId)
    .where('key', '=', key)
    .executeTakeFirst();
  return row?.value;
}

/** Those of the keys that are set. */
export async function readSettings(
  db: Database | Transaction,
  scopeId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const rows = await db
    .selectFrom('settings')
    .select(['key', 'value'])
    .where('scopeId', '=', scopeId)
    .where('key', 'in', keys)
    .execute();
  return new Map(rows.map(({ key, value }) => [key, value]));
}

/** Writes a setting and who changed it from what, in the caller's transaction. */
export async function writeSetting(
  trx: Transaction,
  change: {
    readonly scopeId: string;
    readonly key: string;
    readonly value: unknown;
    readonly userId: string;
  },
): Promise<void> {
  const before = await readSetting(trx, change.scopeId, change.key);
  const value = JSON.stringify(change.value);
  await trx
    .insertInto('settings')
    .values({ scopeId: change.scopeId, key: change.key, value, updatedBy: change.userId })
    .onConflict((conflict) =>
      conflict
        .columns(['scopeId', 'key'])
        .doUpdateSet({ value, updatedBy: change.userId, updatedAt: sql<Date>`now()` }),
    )
    .execute();
  await writeAudit(trx, {
    scopeId: change.scopeId,
    userId: change.userId,
    action: 'setting',
    details: { key: change.key, before: before ?? null, after: change.value },
  });
}
