import type { Identity, User } from './user.js';

/** How long a person is taken for known, so that others may change or remove the record meanwhile. */
const freshForMs = 10_000;
const mostKept = 5_000;

export interface KnownUsers {
  ensure(identity: Identity): Promise<User>;
  /** What is remembered of anybody may be wrong now. */
  forget(): void;
}

/**
 * Remembers people who were seen a moment ago just as they are now: most commands come from
 * somebody who has just sent another.
 */
export function createKnownUsers(
  ensure: (identity: Identity) => Promise<User>,
  nowMs: () => number = () => performance.now(),
): KnownUsers {
  const known = new Map<string, { readonly user: User; readonly until: number }>();
  let forgotten = 0;
  return {
    async ensure(identity) {
      const { platform, platformUserId, name, handle, locale } = identity;
      const key = JSON.stringify([platform, platformUserId, name, handle, locale]);
      const entry = known.get(key);
      if (entry && nowMs() < entry.until) return entry.user;
      const before = forgotten;
      const user = await ensure(identity);
      if (known.size >= mostKept) known.clear();
      if (before === forgotten) known.set(key, { user, until: nowMs() + freshForMs });
      return user;
    },
    forget() {
      forgotten += 1;
      known.clear();
    },
  };
}
