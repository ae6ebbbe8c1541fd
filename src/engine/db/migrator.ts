import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  Kysely,
  type Migration,
  type MigrationProvider,
  Migrator,
  PostgresDialect,
  sql,
} from 'kysely';
import pg from 'pg';

/** Stands two folders above this one's parent, in `src` and in `dist` alike. */
const migrationsFolder = fileURLToPath(new URL('../../../migrations/', import.meta.url));

/** Reads `NNNN-name.up.sql` and `.down.sql`: plain SQL, so that operators can read what runs. */
function sqlFiles(folder: string): MigrationProvider {
  return {
    async getMigrations() {
      const names = (await readdir(folder))
        .filter((file) => file.endsWith('.up.sql'))
        .map((file) => file.slice(0, -'.up.sql'.length));
      const run = async (db: Kysely<unknown>, file: string) => {
        const text = await readFile(`${folder}${file}`, 'utf8');
        await sql.raw(text).execute(db);
      };
      return Object.fromEntries(
        names.map((name): [string, Migration] => [
          name,
          {
            up: (db) => run(db, `${name}.up.sql`),
            down: (db) => run(db, `${name}.down.sql`),
          },
        ]),
      );
    },
  };
}

/** A migrator over a connection of its own. Kysely takes an advisory lock in the database. */
async function withMigrator<T>(
  connectionString: string,
  work: (migrator: Migrator) => Promise<T>,
): Promise<T> {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({
      pool: new pg.Pool({ connectionString, max: 2, connectionTimeoutMillis: 5_000 }),
    }),
  });
  try {
    return await work(new Migrator({ db, provider: sqlFiles(migrationsFolder) }));
  } finally {
    await db.destroy();
  }
}

/**
 * Brings the record to the newest migration; processes that start together take turns.
 * @throws the database's own error, with nothing of the failed migration kept
 */
export async function migrateToLatest(connectionString: string): Promise<string[]> {
  return withMigrator(connectionString, async (migrator) => {
    const { error, results } = await migrator.migrateToLatest();
    if (error) throw error;
    return (results ?? []).map((result) => result.migrationName);
  });
}

/** Takes the newest migration back. For tests, and for an operator who returns to an older Easel. */
export async function migrateDown(connectionString: string): Promise<void> {
  await withMigrator(connectionString, async (migrator) => {
    const { error } = await migrator.migrateDown();
    if (error) throw error;
  });
}
