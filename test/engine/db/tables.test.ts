import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateDown, migrateToLatest } from '../../../src/engine/db/migrator.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase({ schema: false });
  client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** `table.column` or `table.column?` where it may be null, as the database has it. */
async function columnsInDatabase(): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    select table_name || '.' || column_name || case is_nullable when 'YES' then '?' else '' end as name
    from information_schema.columns
    where table_schema = 'public' and table_name not like 'kysely%'`);
  return rows.map(({ name }) => name).sort();
}

/** The same, as `tables.ts` says. */
function columnsInTypes(): string[] {
  const source = readFileSync(new URL('../../../src/engine/db/tables.ts', import.meta.url), 'utf8');
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const bodies = new Map(
    [...source.matchAll(/interface (\w+) \{\n([\s\S]*?)\n\}/g)].map(([, name, body]) => [
      name,
      body,
    ]),
  );
  const tables = [...(bodies.get('DB') ?? '').matchAll(/(\w+): (\w+);/g)];
  return tables
    .flatMap(([, table = '', type]) =>
      [...(bodies.get(type) ?? '').matchAll(/^ {2}(\w+):([\s\S]*?);$/gm)].map(
        ([, column = '', columnType = '']) =>
          `${snake(table)}.${snake(column)}${/null|Nullable/.test(columnType) ? '?' : ''}`,
      ),
    )
    .sort();
}

function migrations(): string[] {
  const folder = new URL('../../../migrations/', import.meta.url);
  return readdirSync(folder).filter((name) => name.endsWith('.up.sql'));
}

describe('the migrations', () => {
  it('are run once by several processes that start together', async () => {
    const runs = await Promise.all(
      Array.from({ length: 4 }, () => migrateToLatest(database.connectionString)),
    );
    expect(runs.flat()).toEqual([...new Set(runs.flat())]);
    expect(runs.flat()).toContain('0001-record');
  });

  it('make just the columns that the types tell of', async () => {
    const columns = await columnsInDatabase();
    expect(columns.length).toBeGreaterThan(100);
    expect(columnsInTypes()).toEqual(columns);
  });

  it('go down to nothing and up again', async () => {
    const before = await columnsInDatabase();
    for (const _migration of migrations()) await migrateDown(database.connectionString);
    expect(await columnsInDatabase()).toEqual([]);
    await migrateToLatest(database.connectionString);
    expect(await columnsInDatabase()).toEqual(before);
  });
});
