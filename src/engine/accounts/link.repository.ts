import { sql } from 'kysely';
import type { Transaction } from '../db/connection.js';
import type { Platform } from '../users/user.js';

export interface Account {
  readonly id: string;
  readonly platform: Platform;
  /** Joined with another. */
  readonly isLinked: boolean;
}

/** Several at once in one order, so that two who link each other don't wait for each other. */
export async function lockAccounts(
  trx: Transaction,
  userIds: readonly string[],
): Promise<Map<string, Account>> {
  const rows = await trx
    .selectFrom('users')
    .select(['id', 'platform', 'accountId'])
    .where('id', 'in', userIds)
    .orderBy('id')
    .forUpdate()
    .execute();
  const joined = await trx
    .selectFrom('users')
    .select('accountId')
    .where('accountId', 'in', userIds)
    .execute();
  const primaries = new Set(joined.map(({ accountId }) => accountId));
  return new Map(
    rows.map(({ id, platform, accountId }) => [
      id,
      { id, platform, isLinked: accountId !== null || primaries.has(id) },
    ]),
  );
}

/** A new code takes the place of the one before. */
export async function writeCode(
  trx: Transaction,
  code: { readonly userId: string; readonly codeHash: string; readonly lifeMs: number },
): Promise<void> {
  const { userId, codeHash, lifeMs } = code;
  const expiresAt = sql<Date>`now() + ${lifeMs} * interval '1 millisecond'`;
  await trx
    .insertInto('linkCodes')
    .values({ userId, codeHash, expiresAt })
    .onConflict((conflict) => conflict.column('userId').doUpdateSet({ codeHash, expiresAt }))
    .execute();
}

/** Whose code it is, while it lives; it works once. */
export async function takeCode(trx: Transaction, codeHash: string): Promise<string | undefined> {
  const row = await trx
    .deleteFrom('linkCodes')
    .where('codeHash', '=', codeHash)
    .returning(['userId', sql<boolean>`expires_at > now()`.as('isAlive')])
    .executeTakeFirst();
  return row?.isAlive ? row.userId : undefined;
}

/** Wrong codes within the last while, and when those are forgotten. */
export async function readGuesses(
  trx: Transaction,
  userId: string,
  forgottenAfterMs: number,
): Promise<{ readonly failures: number; readonly forgottenAt: Date } | undefined> {
  const end = sql<Date>`since + ${forgottenAfterMs} * interval '1 millisecond'`;
  return trx
    .selectFrom('linkGuesses')
    .select(['failures', end.as('forgottenAt')])
    .where('userId', '=', userId)
    .where(end, '>', sql<Date>`now()`)
    .executeTakeFirst();
}

export async function countFailure(
  trx: Transaction,
  userId: string,
  forgottenAfterMs: number,
): Promise<void> {
  await sql`
    insert into link_guesses (user_id, failures) values (${userId}, 1)
    on conflict (user_id) do update set
      failures = case
        when link_guesses.since + ${forgottenAfterMs} * interval '1 millisecond' > now()
        then link_guesses.failures + 1 else 1 end,
      since = case
        when link_guesses.since + ${forgottenAfterMs} * interval '1 millisecond' > now()
        then link_guesses.since else now() end`.execute(trx);
}
