import type { Database } from '../db/connection.js';
import { createId } from '../ids.js';
import type { Identity, User } from './user.js';

/** The record of a person: made at first sight, name and locale refreshed when they changed. */
export async function ensureUser(db: Database, identity: Identity): Promise<User> {
  const known = await db
    .selectFrom('users')
    .select(['id', 'name', 'locale'])
    .where('platform', '=', identity.platform)
    .where('platformUserId', '=', identity.platformUserId)
    .executeTakeFirst();
  if (known && known.name === identity.name && known.locale === identity.locale) {
    return { ...identity, id: known.id };
  }
  const row = await db
    .insertInto('users')
    .values({
      id: createId(),
      platform: identity.platform,
      platformUserId: identity.platformUserId,
      name: identity.name,
      locale: identity.locale,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['platform', 'platformUserId'])
        .doUpdateSet({ name: identity.name, locale: identity.locale }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return { ...identity, id: row.id };
}
