import { sql } from 'kysely';
import type { Database } from '../db/connection.js';

/**
 * `well`: it may be given runs. `resting`: it answers and fails them. `away`: it answers no health
 * check. `exhausted`: what it costs is used up. `misconfigured`: it refuses us until an operator mends
 * the settings.
 */
export type BackendState = 'well' | 'resting' | 'away' | 'exhausted' | 'misconfigured';

export interface BackendReport {
  readonly name: string;
  readonly state: BackendState;
  /** When it is tried again, where that is known. */
  readonly until: Date | null;
  /** For operators, in English. Kept while it is well again, too. */
  readonly error: string | null;
  readonly errorAt: Date | null;
  readonly reportedAt: Date;
}

/** The last worker process that looked says how it is. An error stays until another one. */
export async function writeBackendReport(
  db: Database,
  report: Pick<BackendReport, 'name' | 'state' | 'error'> & { readonly untilInMs: number | null },
): Promise<void> {
  const { name, state, untilInMs, error } = report;
  const until = sql<Date | null>`now() + ${untilInMs}::float8 * interval '1 millisecond'`;
  const values = { state, until, reportedAt: sql<Date>`now()` };
  const failure = error === null ? {} : { error, errorAt: sql<Date>`now()` };
  await db
    .insertInto('backendReports')
    .values({ name, ...values, ...failure })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ ...values, ...failure }))
    .execute();
}

export async function readBackendReports(
  db: Database,
): Promise<ReadonlyMap<string, BackendReport>> {
  const rows = await db.selectFrom('backendReports').selectAll().execute();
  return new Map(rows.map((row) => [row.name, row]));
}
