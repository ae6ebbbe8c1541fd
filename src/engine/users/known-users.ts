import type { Identity, User } from './user.js';

/** How long a person is taken for known, so that others may change or remove the record meanwhile. */
const freshForMs = 10_000;
const mostKept = 5_000;

/**
 * Remembers people who were seen a moment ago just as they are now: most commands come from
 * somebody who has just sent another.
 */
export function createKnownUsers(
  ensure: (identity: Identity) => Promise<User>,
  nowMs: () => number = () => performance.now(),
): (identity: Identity) => Promise<User> {
  const known = new Map<string, { readonly user: User; readonly until: number }>();
  return async (identity) => {
    const key = `${identity.platform}:${identity.platformUserId}`;
    const entry = known.get(key);
    if (entry && nowMs() < entry.until && isSame(entry.user, identity)) return entry.user;
    const user = await ensure(identity);
    if (known.size >= mostKept) known.clear();
    known.set(key, { user, until: nowMs() + freshForMs });
    return user;
  };
}

function isSame(user: User, identity: Identity): boolean {
  return (
    user.name === identity.name &&
    user.handle === identity.handle &&
    user.locale === identity.locale
  );
}
