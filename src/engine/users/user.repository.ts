import { sql } from 'kysely';
import type { Database } from '../db/connection.js';
import { createId } from '../ids.js';
import { parsePreferences } from '../preferences/preferences-service.js';
import type { Identity, User } from './user.js';

/** The record of a person: made at first sight, what may change refreshed when it did. */
export async function ensureUser(db: Database, identity: Identity): Promise<User> {
  const known = await db
    .selectFrom('users')
    .select(['id', 'name', 'handle', 'locale', 'language', 'accountId'])
    .select(
      sql<unknown>`(select value from settings
        where scope_id = 'user:' || coalesce(users.account_id, users.id)
          and key = 'preferences')`.as('preferences'),
    )
    .where('platform', '=', identity.platform)
    .where('platformUserId', '=', identity.platformUserId)
    .executeTakeFirst();
  const { name, locale, handle = null } = identity;
  const isFresh = known?.name === name && known.locale === locale && known.handle === handle;
  if (known) {
    if (!isFresh) {
      const changed = { name, handle, locale };
      await db.updateTable('users').set(changed).where('id', '=', known.id).execute();
    }
    return {
      ...identity,
      id: known.accountId ?? known.id,
      locale: known.language ?? locale,
      preferences: parsePreferences(known.preferences),
    };
  }
  const row = await db
    .insertInto('users')
    .values({
      id: createId(),
      platform: identity.platform,
      platformUserId: identity.platformUserId,
      name,
      handle,
      locale,
    })
    .onConflict((conflict) =>
      conflict.columns(['platform', 'platformUserId']).doUpdateSet({ name, handle, locale }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return { ...identity, id: row.id };
}
