import { sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';
import { gathered } from '../db/gathered.js';
import { RecordUnavailableError } from '../engine-error.js';
import type { Platform } from '../users/user.js';
import type { Inbox, LeftUpdate, OpenUpdate } from './inbox.js';

/** As long as the column's default: a receipt says nothing of it. */
const claimEnd = sql<Date>`now() + interval '3 seconds'`;
const mostTakenAtOnce = 100;

interface Arrival {
  readonly platform: Platform;
  readonly key: string;
  readonly payload: unknown;
  readonly groupKey: string | null;
}

export function createInbox(db: Database): Inbox {
  const receive = gathered((arrivals: readonly Arrival[]) => insertNew(db, arrivals));

  return {
    async receive(platform, key, payload, groupKey) {
      try {
        return { isNew: await receive({ platform, key, payload, groupKey: groupKey ?? null }) };
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
      const row = await db
        .selectFrom('updates')
        .select('payload')
        .where('platform', '=', platform)
        .where('key', '=', key)
        .executeTakeFirst();
      return row?.payload ?? undefined;
    },

    async takeUp(platform, inHand) {
      if (inHand.length > 0) await keepClaims(db, platform, inHand);
      return takeUnclaimed(db, platform, inHand);
    },

    async refuse(platform, key) {
      await db
        .insertInto('updates')
        .values({ platform, key, payload: null, closedAt: sql<Date>`now()` })
        .onConflict((conflict) =>
          conflict
            .columns(['platform', 'key'])
            .doUpdateSet({ closedAt: sql<Date>`now()`, payload: null })
            .where('updates.closedAt', 'is', null),
        )
        .execute();
    },

    async group(platform, groupKey) {
      return openUpdates(db, platform).where('groupKey', '=', groupKey).execute();
    },
  };
}

/** Whether each had not arrived before: of two with one key, the first. */
async function insertNew(db: Database, arrivals: readonly Arrival[]): Promise<boolean[]> {
  const { rows } = await sql<Pick<Arrival, 'platform' | 'key'>>`
    insert into updates (platform, key, payload, group_key)
    select platform, key, payload, "groupKey"
    from jsonb_to_recordset(${JSON.stringify(arrivals)}::jsonb)
      arrived (platform text, key text, payload jsonb, "groupKey" text)
    order by platform, key
    on conflict do nothing
    returning platform, key`.execute(db);
  const idOf = ({ platform, key }: Pick<Arrival, 'platform' | 'key'>) => `${platform} ${key}`;
  const fresh = new Set(rows.map(idOf));
  return arrivals.map((arrival) => fresh.delete(idOf(arrival)));
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

async function keepClaims(
  db: Database,
  platform: Platform,
  keys: readonly string[],
): Promise<void> {
  await db
    .updateTable('updates')
    .set({ claimedUntil: claimEnd })
    .where('platform', '=', platform)
    .where(sql<boolean>`key = any(${keys})`)
    .where('closedAt', 'is', null)
    .execute();
}

async function takeUnclaimed(
  db: Database,
  platform: Platform,
  inHand: readonly string[],
): Promise<LeftUpdate[]> {
  const { rows } = await sql<LeftUpdate>`
    update updates set claimed_until = ${claimEnd}, takeovers = takeovers + 1
    where platform = ${platform} and key in (
      select key from updates
      where platform = ${platform} and closed_at is null and claimed_until < now()
        and key <> all(${inHand}::text[])
      order by received_at, key
      limit ${mostTakenAtOnce}
      for update skip locked)
    returning key, payload, received_at, takeovers`.execute(db);
  return rows.sort((a, b) => +a.receivedAt - +b.receivedAt || (a.key < b.key ? -1 : 1));
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
