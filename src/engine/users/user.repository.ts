import { sql } from 'kysely';
import type { Database } from '../db/connection.js';
import { createId } from '../ids.js';
import { parsePreferences } from '../preferences/preferences-service.js';
import type { Identity, User } from './user.js';

interface KnownUser {
  readonly id: string;
  readonly platform: Identity['platform'];
  readonly platformUserId: string;
  readonly name: string;
  readonly handle: string | null;
  readonly locale: string;
  readonly language: string | null;
  readonly accountId: string | null;
  readonly preferences: unknown;
}

/** The records of people: made at first sight, what may change refreshed when it did. */
export async function ensureUsers(db: Database, identities: readonly Identity[]): Promise<User[]> {
  // Of one who is seen twice, the last sight counts.
  const people = new Map(identities.map((identity) => [keyOf(identity), identity]));
  const known = new Map(
    (await findUsers(db, [...people.values()])).map((user) => [keyOf(user), user]),
  );
  const isNews = (identity: Identity) => {
    const user = known.get(keyOf(identity));
    const { name, locale, handle = null } = identity;
    return user?.name !== name || user.locale !== locale || user.handle !== handle;
  };
  const written = await writeUsers(db, [...people.values()].filter(isNews));
  return identities.map((identity) => {
    const key = keyOf(identity);
    const user = known.get(key);
    return {
      ...identity,
      id: user?.accountId ?? user?.id ?? written.get(key) ?? '',
      ...(user && {
        locale: user.language ?? identity.locale,
        preferences: parsePreferences(user.preferences),
      }),
    };
  });
}

function keyOf({ platform, platformUserId }: Pick<Identity, 'platform' | 'platformUserId'>) {
  return `${platform}:${platformUserId}`;
}

async function findUsers(db: Database, people: readonly Identity[]): Promise<KnownUser[]> {
  const { rows } = await sql<KnownUser>`
    select users.id, users.platform, users.platform_user_id, users.name, users.handle,
      users.locale, users.language, users.account_id,
      (select value from settings
        where scope_id = 'user:' || coalesce(users.account_id, users.id)
          and key = 'preferences') as preferences
    from unnest(
      ${people.map(({ platform }) => platform)}::text[],
      ${people.map(({ platformUserId }) => platformUserId)}::text[]
    ) seen (platform, platform_user_id)
    join users using (platform, platform_user_id)`.execute(db);
  return rows;
}

/** Those who are new, or not as they were. Returns their ids by `keyOf`. */
async function writeUsers(
  db: Database,
  people: readonly Identity[],
): Promise<ReadonlyMap<string, string>> {
  if (people.length === 0) return new Map();
  const lines = people.map(({ platform, platformUserId, name, handle = null, locale }) => ({
    id: createId(),
    platform,
    platformUserId,
    name,
    handle,
    locale,
  }));
  const rows = await db
    .insertInto('users')
    // In one order for all, so that no two statements wait for each other.
    .values(lines.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)))
    .onConflict((conflict) =>
      conflict.columns(['platform', 'platformUserId']).doUpdateSet((row) => ({
        name: row.ref('excluded.name'),
        handle: row.ref('excluded.handle'),
        locale: row.ref('excluded.locale'),
      })),
    )
    .returning(['id', 'platform', 'platformUserId'])
    .execute();
  return new Map(rows.map((row) => [keyOf(row), row.id]));
}
