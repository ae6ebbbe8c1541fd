import { mkdir, rmdir } from 'node:fs/promises';
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../../src/engine/db/embedded-postgres.js';
import { testFolder } from './clone.js';
import { startRedis } from './redis.js';

/**
 * Holds the servers of a test run in a process of its own, which sees the end of vitest, by
 * whatever signal, as the end of the channel between them.
 */
async function start() {
  await mkdir(testFolder, { recursive: true, mode: 0o755 });
  const log = pino({ level: 'warn' }, pino.destination(2));
  // Test data need not outlive a crash of the machine.
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '300' };
  const started = await Promise.allSettled([
    startEmbeddedPostgres({ dataDir: testFolder, log, settings, isTemporary: true }),
    startRedis(),
  ]);
  const [postgres, redis] = started;
  const stop = async () => {
    await Promise.all(started.map((s) => (s.status === 'fulfilled' ? s.value.stop() : undefined)));
    await rmdir(testFolder).catch((error: NodeJS.ErrnoException) => {
      // Another run of this clone's tests goes on, or ended first.
      if (!['ENOTEMPTY', 'ENOENT'].includes(error.code ?? '')) throw error;
    });
  };
  const reason = started.find((s) => s.status === 'rejected')?.reason;
  if (postgres.status === 'rejected' || redis.status === 'rejected') {
    await stop();
    throw reason;
  }
  return { postgresUrl: postgres.value.connectionString, redisUrl: redis.value.url, stop };
}

/** Vitest may be gone before it hears of us; the callback keeps that from being an error. */
function tell(message: object): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

const disconnected = new Promise((resolve) => process.once('disconnect', resolve));
try {
  const { stop, ...addresses } = await start();
  await tell(addresses);
  if (process.connected) await disconnected;
  await stop();
} catch (error) {
  process.exitCode = 1;
  await tell({ error: error instanceof Error ? error.message : String(error) });
  if (process.connected) process.disconnect();
}
