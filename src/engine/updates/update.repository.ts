import { sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';
import { throughRecord } from '../db/connection-error.js';
import { RecordUnavailableError } from '../engine-error.js';
import type { Platform } from '../users/user.js';
import type { Inbox, OpenUpdate } from './inbox.js';

export function createInbox(db: Database): Inbox {
  return {
    async receive(platform, key, payload, groupKey) {
      try {
        const inserted = await db
          .insertInto('updates')
          .values({ platform, key, payload: JSON.stringify(payload), groupKey: groupKey ?? null })
          .onConflict((conflict) => conflict.doNothing())
          .returning('key')
          .executeTakeFirst();
        return { isNew: inserted !== undefined };
      } catch (error) {
        throw new RecordUnavailableError(error);
      }
    },

    async close(platform, key) {
      await closeUpdate(db, platform, key);
    },

    async closeKeeping(platform, key, payload) {
      await forgetKept(db);
      await db
        .updateTable('updates')
        .set({ closedAt: sql<Date>`now()`, payload: JSON.stringify(payload) })
        .where('platform', '=', platform)
        .where('key', '=', key)
        .where('closedAt', 'is', null)
        .execute();
    },

    async kept(platform, key) {
      const row = await throughRecord(() =>
        db
          .selectFrom('updates')
          .select('payload')
          .where('platform', '=', platform)
          .where('key', '=', key)
          .executeTakeFirst(),
      );
      return row?.payload ?? undefined;
    },

    async open(platform) {
      return openUpdates(db, platform).execute();
    },

    async group(platform, groupKey) {
      return openUpdates(db, platform).where('groupKey', '=', groupKey).execute();
    },
  };
}

function openUpdates(db: Database, platform: Platform) {
  return db
    .selectFrom('updates')
    .select(['key', 'payload', 'receivedAt'])
    .$narrowType<OpenUpdate>()
    .where('platform', '=', platform)
    .where('closedAt', 'is', null)
    .orderBy('receivedAt')
    .orderBy('key');
}

/** What somebody did not come back to within a day. */
async function forgetKept(db: Database): Promise<void> {
  await db
    .updateTable('updates')
    .set({ payload: null })
    .where('payload', 'is not', null)
    .where('closedAt', '<', sql<Date>`now() - interval '1 day'`)
    .execute();
}

export async function closeUpdates(
  trx: Transaction,
  platform: Platform,
  keys: readonly string[],
): Promise<void> {
  for (const key of keys) await closeUpdate(trx, platform, key);
}

/** Keeps the key, so that a repeat is known; forgets the payload, which may hold a token. */
async function closeUpdate(
  db: Database | Transaction,
  platform: Platform,
  key: string,
): Promise<void> {
  await db
    .updateTable('updates')
    .set({ closedAt: sql<Date>`now()`, payload: null })
    .where('platform', '=', platform)
    .where('key', '=', key)
    .where('closedAt', 'is', null)
    .execute();
}
