import { mkdir } from 'node:fs/promises';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/engine/db/embedded-postgres.js';
import { testFolder } from './clone.js';
import { dropAbandonedDatabases } from './postgres.js';
import { startRedis } from './redis.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The tests' Postgres; make a database of your own with `createTestDatabase`. */
    postgresUrl: string;
    redisUrl: string;
  }
}

/** The servers of a whole test run. */
export default async function startServers(project: TestProject): Promise<() => Promise<void>> {
  await mkdir(testFolder, { recursive: true, mode: 0o755 });
  const log = pino({ level: 'warn' });
  // Test data need not outlive a crash of the machine.
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '300' };
  const started = await Promise.allSettled([
    startEmbeddedPostgres({ dataDir: testFolder, log, settings, isTemporary: true }),
    startRedis(),
  ]);
  let stopped: Promise<unknown> | undefined;
  const stop = async () => {
    stopped ??= Promise.all(started.map((s) => (s.status === 'fulfilled' ? s.value.stop() : null)));
    await stopped;
  };
  // Vitest itself tidies up at SIGINT alone.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => stop().finally(() => process.exit(1)));
  }
  const [postgres, redis] = started;
  if (postgres.status === 'rejected' || redis.status === 'rejected') {
    await stop();
    throw started.find((s) => s.status === 'rejected')?.reason;
  }
  await dropAbandonedDatabases(postgres.value.connectionString);
  project.provide('postgresUrl', postgres.value.connectionString);
  project.provide('redisUrl', redis.value.url);
  return stop;
}
