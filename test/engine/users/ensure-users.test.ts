import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../../src/engine/db/connection.js';
import type { Identity } from '../../../src/engine/users/user.js';
import { ensureUsers } from '../../../src/engine/users/user.repository.js';
import { silentLog } from '../../support/engine.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = connectDatabase({ connectionString: database.connectionString, log: silentLog });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const person = (platformUserId: string, change: Partial<Identity> = {}): Identity => ({
  platform: 'telegram',
  platformUserId,
  name: `person ${platformUserId}`,
  locale: 'en',
  ...change,
});

it('makes those who are new and finds those who are not, in the order in which they are asked for', async () => {
  const [ann] = await ensureUsers(db, [person('1')]);
  const elsewhere = person('1', { platform: 'discord' });
  const seen = await ensureUsers(db, [person('2'), person('1'), elsewhere, person('2')]);
  expect(seen.map(({ platform, name }) => [platform, name])).toEqual([
    ['telegram', 'person 2'],
    ['telegram', 'person 1'],
    ['discord', 'person 1'],
    ['telegram', 'person 2'],
  ]);
  expect(seen[1]?.id).toBe(ann?.id);
  expect(seen[3]?.id).toBe(seen[0]?.id);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(3);
});

it('writes down what has changed of some of them, and of nobody else', async () => {
  await ensureUsers(db, [person('3'), person('4', { handle: 'four' })]);
  await ensureUsers(db, [
    person('3', { name: 'Zoë', handle: 'zoe', locale: 'zh-CN' }),
    person('4'),
  ]);
  const rows = await db
    .selectFrom('users')
    .select(['name', 'handle', 'locale'])
    .where('platformUserId', 'in', ['3', '4'])
    .orderBy('platformUserId')
    .execute();
  expect(rows).toEqual([
    { name: 'Zoë', handle: 'zoe', locale: 'zh-CN' },
    { name: 'person 4', handle: null, locale: 'en' },
  ]);
});
