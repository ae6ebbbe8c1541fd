import type { Transaction } from '../db/connection.js';

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
