import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../../src/engine/db/connection.js';
import { createStatementNames } from '../../../src/engine/db/prepared-statements.js';
import { withoutFlush } from '../../../src/engine/db/without-flush.js';
import { silentLog } from '../../support/engine.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  const { connectionString } = database;
  db = connectDatabase({ connectionString, log: silentLog, maxConnections: 1 });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

async function preparedTexts(): Promise<string[]> {
  const { rows } = await sql<{ statement: string }>`
    select statement from pg_prepared_statements`.execute(db);
  return rows.map(({ statement }) => statement);
}

describe('prepared statements', () => {
  it('parses a statement that is used again and again only once', async () => {
    const ask = (name: string) =>
      db.selectFrom('pools').select('name').where('name', '=', name).execute();
    await ask('first');
    expect(await preparedTexts()).toEqual([]);
    for (let n = 0; n < 20; n += 1) expect(await ask(`pool ${n}`)).toEqual([]);
    expect(await preparedTexts()).toHaveLength(1);
  });

  it('goes on with a statement whose table has changed', async () => {
    await sql`create table growing (id integer)`.execute(db);
    await sql`insert into growing values (1)`.execute(db);
    const ask = () => sql`select id from growing where id = ${1}`.execute(db);
    for (let n = 0; n < 20; n += 1) await ask();
    await sql`alter table growing add column name text not null default 'new'`.execute(db);
    expect((await ask()).rows).toEqual([{ id: 1 }]);
  });

  it('names no texts without end', () => {
    const nameOf = createStatementNames();
    const names = new Set<string | undefined>();
    for (let text = 0; text < 1_000; text += 1) {
      for (let use = 0; use < 20; use += 1) names.add(nameOf(`select ${text}`));
    }
    names.delete(undefined);
    expect(names.size).toBe(200);
  });
});

describe('a commit without flush', () => {
  it('is one of that transaction alone', async () => {
    const setting = async () => {
      const { rows } = await sql<{ value: string }>`
        select current_setting('synchronous_commit') as value`.execute(db);
      return rows[0]?.value;
    };
    await db.transaction().execute(async (trx) => {
      await sql`insert into pools (name) select 'quick' from ${withoutFlush}`.execute(trx);
      const { rows } = await sql<{ value: string }>`
        select current_setting('synchronous_commit') as value`.execute(trx);
      expect(rows[0]?.value).toBe('off');
    });
    expect(await setting()).toBe('on');
  });
});
