import { Kysely, type Transaction as KyselyTransaction, sql } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { CamelCaseResults, SnakeCaseDialect } from './naming.js';
import { createStatementNames, prepareStatements } from './prepared-statements.js';
import { endWhenSilent } from './silent-connection.js';
import type { DB } from './tables.js';

export type Database = Kysely<DB>;
/** Demanded by every query that must stand or fall with others. */
export type Transaction = KyselyTransaction<DB>;

export interface ConnectionOptions {
  readonly connectionString: string;
  readonly log: Logger;
  /** Connections of this process, at most. */
  readonly maxConnections?: number;
  /** Milliseconds after which a query is given up. */
  readonly statementTimeoutMs?: number;
}

const int8TypeId = 20;
const defaultStatementTimeoutMs = 10_000;
/** Locks are held for milliseconds: who waits longer waits for a process that hangs. */
const lockTimeoutMs = 4_000;
/** A process that is stopped in the midst of a transaction holds its locks no longer. */
const idleInTransactionMs = 5_000;
/** For a slow network, on top of the server's own limit. */
const silenceMarginMs = 2_000;

/** The record's connection pool. A lost connection is logged and replaced, never fatal. */
export function connectDatabase(options: ConnectionOptions): Database {
  const { statementTimeoutMs = defaultStatementTimeoutMs } = options;
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.maxConnections ?? 20,
    connectionTimeoutMillis: 5_000,
    // Kept through quiet minutes, for the next burst.
    idleTimeoutMillis: 600_000,
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    keepAlive: true,
    // A prepared plan may be older than a table's growth: made while it was empty, it must not scan it.
    options: '-c enable_seqscan=off',
    application_name: 'easel',
    // Sequences and seeds stay below 2^53; the parser is this pool's own, for pg's are global.
    types: {
      getTypeParser: ((typeId: number, format?: 'text' | 'binary') =>
        typeId === int8TypeId && format !== 'binary'
          ? Number
          : pg.types.getTypeParser(typeId, format as 'text')) as typeof pg.types.getTypeParser,
    },
  });
  const nameOf = createStatementNames();
  const lost = (error: Error) => options.log.warn({ err: error }, 'A database connection was lost');
  pool.on('connect', (client) => {
    // The pool hears only idle ones; one that is lost between two queries would end the process.
    client.on('error', lost);
    prepareStatements(client, nameOf);
    endWhenSilent(client, statementTimeoutMs + silenceMarginMs);
  });
  pool.on('error', () => undefined);
  return new Kysely<DB>({
    dialect: new SnakeCaseDialect({ pool }),
    plugins: [new CamelCaseResults({ maintainNestedObjectKeys: true })],
  });
}

/** Resolves while the record answers. @throws what the connection said */
export async function pingDatabase(db: Database): Promise<void> {
  await sql`select 1`.execute(db);
}

/**
 * Opens connections before they are needed: each costs a key derivation, and the first burst of
 * commands would wait for all of them.
 */
export async function warmUpDatabase(db: Database, connections: number): Promise<void> {
  const occupy = () => sql`select pg_sleep(0.05)`.execute(db);
  await Promise.all(Array.from({ length: connections }, occupy));
}
