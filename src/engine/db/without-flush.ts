import { sql } from 'kysely';

/**
 * A line to join in a `from`, by which the transaction's commit does not wait for the disk. For what
 * may be lost with the server (docs/decisions/0012-commits-without-flush.md), and for nothing else.
 */
export const withoutFlush = sql`(
  select set_config('synchronous_commit', 'off', true)) without_flush`;
