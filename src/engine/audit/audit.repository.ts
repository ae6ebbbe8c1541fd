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

/** Of one scope, or of all where it is undefined; newest first. */
export async function readAudit(
  db: Database,
  scopeId: string | undefined,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<AuditRecord[]> {
  return db
    .selectFrom('audit')
    .innerJoin('users', 'users.id', 'audit.userId')
    .select([
      'audit.scopeId',
      'audit.userId',
      'audit.action',
      'audit.details',
      'audit.createdAt',
      'users.name as userName',
    ])
    .$if(scopeId !== undefined, (query) => query.where('audit.scopeId', '=', scopeId ?? ''))
    .orderBy('audit.id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
}
