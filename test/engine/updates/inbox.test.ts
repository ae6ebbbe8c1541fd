import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../../src/engine/db/connection.js';
import { migrateToLatest } from '../../../src/engine/db/migrator.js';
import { createInbox } from '../../../src/engine/updates/update.repository.js';
import { silentLog } from '../../support/engine.js';
import { createTestDatabase } from '../../support/postgres.js';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  await migrateToLatest(database.connectionString);
  db = connectDatabase({ connectionString: database.connectionString, log: silentLog });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});
afterEach(() => sql`delete from updates`.execute(db));

/** As if so much time had gone by. */
const pass = (seconds: number) =>
  sql`update updates set claimed_until = claimed_until - ${seconds} * interval '1 second'`.execute(
    db,
  );
const keysOf = (updates: readonly { readonly key: string }[]) => updates.map(({ key }) => key);

it('gives nobody what was received a moment ago, and one process what was left since', async () => {
  const inbox = createInbox(db);
  await inbox.receive('telegram', '1', { text: 'a fox' });
  expect(await inbox.takeUp('telegram', [])).toEqual([]);
  await pass(4);
  expect(await inbox.takeUp('discord', [])).toEqual([]);
  const taken = await Promise.all([1, 2, 3, 4].map(() => inbox.takeUp('telegram', [])));
  expect(taken.flat()).toMatchObject([{ key: '1', payload: { text: 'a fox' }, takeovers: 1 }]);
  await pass(4);
  expect(await inbox.takeUp('telegram', [])).toMatchObject([{ key: '1', takeovers: 2 }]);
});

it('leaves what somebody has in hand to them for as long as they say so', async () => {
  const inbox = createInbox(db);
  for (const key of ['1', '2']) await inbox.receive('telegram', key, {});
  await pass(4);
  expect(await inbox.takeUp('telegram', ['1', '2'])).toEqual([]);
  await pass(2);
  expect(await inbox.takeUp('telegram', ['1'])).toEqual([]);
  await pass(2);
  expect(keysOf(await inbox.takeUp('telegram', []))).toEqual(['2']);
});

it('gives the oldest first, and nothing that is closed', async () => {
  const inbox = createInbox(db);
  for (const key of ['30', '10', '20']) await inbox.receive('telegram', key, {});
  await inbox.close('telegram', '10');
  await pass(4);
  expect(keysOf(await inbox.takeUp('telegram', []))).toEqual(['30', '20']);
});

it('takes down no more what was refused, whether its row was there or comes late', async () => {
  const inbox = createInbox(db);
  await inbox.receive('telegram', '1', { token: 'secret' });
  for (const key of ['1', '2']) await inbox.refuse('telegram', key);
  expect(await inbox.receive('telegram', '2', {})).toEqual({ isNew: false });
  await pass(4);
  expect(await inbox.takeUp('telegram', [])).toEqual([]);
  const rows = await db.selectFrom('updates').select(['payload', 'closedAt']).execute();
  expect(rows).toEqual([1, 2].map(() => ({ payload: null, closedAt: expect.any(Date) })));
});
