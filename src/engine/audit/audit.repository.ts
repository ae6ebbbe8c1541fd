import { sql } from 'kysely';
import type { Database, Transaction } from '../db/connection.js';

export interface AuditEntry {
  /** `global`, or the server or chat that it concerns. */
  readonly scopeId: string;
  readonly userId: string;
  /** What was done, e.g. `setting`, `preset-added`. */
  readonly action: string;
  /** Plain JSON: what it was and what it is now. */
  readonly details: unknown;
}

/** Who changed what, in the transaction of the change itself. */
export async function writeAudit(trx: Transaction, entry: AuditEntry): Promise<void> {
  await trx
    .insertInto('audit')
    .values({ ...entry, details: JSON.stringify(entry.details) })
    .execute();
}

/** An entry as it was written, with the name of who did it. */
export interface AuditRecord extends AuditEntry {
  readonly userName: string;
  readonly createdAt: Date;
}

/** The account of that person on the platform of the scope, where they have joined several. */
const accountName = sql<string>`(
  select name from users
  where users.id = audit.user_id or users.account_id = audit.user_id
  order by (users.platform = split_part(audit.scope_id, ':', 1)) desc,
    (users.id = audit.user_id) desc
  limit 1)`;

/** Of one scope, or of all where it is undefined; newest first. */
export async function readAudit(
  db: Database,
  scopeId: string | undefined,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<AuditRecord[]> {
  return db
    .selectFrom('audit')
    .select(['scopeId', 'userId', 'action', 'details', 'createdAt'])
    .select(accountName.as('userName'))
    .$if(scopeId !== undefined, (query) => query.where('scopeId', '=', scopeId ?? ''))
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
}
