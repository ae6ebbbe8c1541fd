import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../../src/engine/db/connection.js';
import { isConnectionError } from '../../../src/engine/db/connection-error.js';
import { silentLog } from '../../support/engine.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';

let database: TestDatabase;
let proxy: TcpProxy;
let db: Database;
beforeEach(async () => {
  database = await createTestDatabase({ schema: false });
  proxy = await startTcpProxy(database.connectionString);
  const connectionString = proxy.through(database.connectionString);
  db = connectDatabase({ connectionString, log: silentLog, statementTimeoutMs: 500 });
});
afterEach(async () => {
  await db.destroy();
  await proxy.close();
  await database.drop();
});

const select = () => sql`select 1`.execute(db);
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

it('gives up on a connection that fell silent, and opens another', async () => {
  await select();
  proxy.cut();
  const transaction = db.transaction().execute((trx) => sql`select 1`.execute(trx));
  expect(await errorOf(transaction)).toSatisfy(isConnectionError);
  proxy.heal();
  await select();
});

it('hears from a slow server that it was too slow, and keeps the connection', async () => {
  const pid = async () =>
    (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows[0];
  const before = await pid();
  const error = await errorOf(sql`select pg_sleep(60)`.execute(db));
  expect(error).toMatchObject({ code: '57014' });
  expect(error).toSatisfy(isConnectionError);
  expect(await pid()).toEqual(before);
});

it('outlives a connection that breaks between two queries of a transaction', async () => {
  const transaction = db.transaction().execute(async (trx) => {
    await sql`select 1`.execute(trx);
    proxy.reset();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await sql`select 1`.execute(trx);
  });
  expect(await errorOf(transaction)).toSatisfy(isConnectionError);
  await select();
});
