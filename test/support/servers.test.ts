import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { createTestDatabase } from './postgres.js';
import { sharedRedis, startRedis } from './redis.js';

const databases = await Promise.all([createTestDatabase(), createTestDatabase({ schema: false })]);
afterAll(() => Promise.all(databases.map((database) => database.drop())));

it('gives each test file a database of its own', async () => {
  const names = await Promise.all(
    databases.map(async ({ connectionString }) => {
      const client = new pg.Client({ connectionString });
      await client.connect();
      const { rows } = await client.query('select current_database() as name');
      await client.end();
      return rows[0].name;
    }),
  );
  expect(new Set(names).size).toBe(2);
});

it('shares a Redis that never evicts', async () => {
  const client = new Redis(sharedRedis().url);
  expect(await client.config('GET', 'maxmemory-policy')).toContain('noeviction');
  client.disconnect();
});

it('brings a killed private Redis back on the same port, empty', async () => {
  const server = await startRedis();
  const client = new Redis(server.url, { retryStrategy: () => 20 });
  client.on('error', () => undefined);
  await client.set('key', 'value');
  await server.kill();
  await server.start();
  expect(await client.get('key')).toBeNull();
  client.disconnect();
  await server.stop();
});
