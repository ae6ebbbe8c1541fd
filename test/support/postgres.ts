import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { isAlive, processIdentity } from '../../src/engine/db/embedded/process-identity.js';
import { migrateToLatest } from '../../src/engine/db/migrator.js';
import { projectRoot } from './clone.js';

export type TestDatabase = {
  connectionString: string;
  /** Closes every connection to it that is still open, and drops it. */
  drop(): Promise<void>;
};

/**
 * A database of its own on the tests' server: with the newest schema and nothing in it, or wholly
 * empty. Make one for each test file, and drop it when the file ends.
 */
export async function createTestDatabase(
  options: { schema: boolean } = { schema: true },
): Promise<TestDatabase> {
  const name = `test_${ownerTag()}_${randomBytes(6).toString('hex')}`;
  await withAdmin(async (admin) => {
    const template = options.schema ? await ensureTemplate(admin) : 'template0';
    await admin.query(`create database "${name}" template "${template}"`);
  });
  return {
    connectionString: urlOf(name),
    drop: () =>
      withAdmin(async (admin) => {
        await admin.query(`drop database if exists "${name}" with (force)`);
      }),
  };
}

/** Drops the databases of test runs that were killed. */
export async function dropAbandonedDatabases(serverUrl: string): Promise<void> {
  await withAdmin(async (admin) => {
    const { rows } = await admin.query<{ datname: string }>(
      `select datname from pg_database where datname like 'test\\_%'`,
    );
    for (const { datname } of rows) {
      const [, pid, ticks] = datname.split('_');
      const identity = processIdentity(Number(pid));
      if (identity && isAlive(identity) && tagOf(identity) === `${pid}_${ticks}`) continue;
      await admin.query(`drop database if exists "${datname}" with (force)`);
    }
  }, serverUrl);
}

function ownerTag(): string {
  return tagOf(processIdentity(process.pid) ?? `${process.pid} 0`);
}

function tagOf(identity: string): string {
  return identity.split(' ').slice(0, 2).join('_').replace(/\W/g, '');
}

/** Migrated once for each state of the migrations; making a database is then copying a folder. */
async function ensureTemplate(admin: pg.Client): Promise<string> {
  const name = `template_${migrationsHash()}`;
  await admin.query(`select pg_advisory_lock(hashtext('test template'))`);
  try {
    const exists = 'select from pg_database where datname = $1 and datallowconn = false';
    if ((await admin.query(exists, [name])).rowCount) return name;
    await admin.query(`drop database if exists "${name}" with (force)`);
    await admin.query(`create database "${name}"`);
    await migrateToLatest(urlOf(name));
    // Marks it complete, and keeps stray connections from blocking its copies.
    await admin.query(`alter database "${name}" allow_connections false`);
    return name;
  } finally {
    await admin.query(`select pg_advisory_unlock(hashtext('test template'))`);
  }
}

function migrationsHash(): string {
  const hash = createHash('sha256');
  for (const folder of ['migrations', 'src/engine/db']) {
    const entries = readdirSync(join(projectRoot, folder), { withFileTypes: true });
    for (const entry of entries.filter((entry) => entry.isFile())) {
      hash.update(entry.name).update(readFileSync(join(projectRoot, folder, entry.name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function withAdmin<T>(
  work: (admin: pg.Client) => Promise<T>,
  serverUrl = inject('postgresUrl'),
): Promise<T> {
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  return url.href;
}
