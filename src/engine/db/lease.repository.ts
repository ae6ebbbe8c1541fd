import { sql } from 'kysely';
import type { Database } from './connection.js';

/** Takes or renews an exclusive duty by the database's clock. False: another process has it. */
export async function takeLease(
  db: Database,
  name: string,
  holder: string,
  durationMs: number,
): Promise<boolean> {
  const expiresAt = sql<Date>`now() + ${durationMs} * interval '1 millisecond'`;
  const row = await db
    .insertInto('leases')
    .values({ name, holder, expiresAt })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ holder, expiresAt })
        .where((row) =>
          row.or([
            row('leases.holder', '=', holder),
            row('leases.expiresAt', '<', sql<Date>`now()`),
          ]),
        ),
    )
    .returning('name')
    .executeTakeFirst();
  return row !== undefined;
}

export async function letLeaseGo(db: Database, name: string, holder: string): Promise<void> {
  await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute();
}
