import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { startEmbeddedPostgres } from '../src/engine/db/embedded-postgres.js';
import { startRedis } from '../test/support/redis.js';

/** Postgres and Redis of the bench's own, and a folder for images. */
export interface Servers {
  readonly redisUrl: string;
  readonly folder: string;
  /** Makes an empty database. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** Postgres with the settings of a start without `DATABASE_URL`: what it took is on the disk. */
export async function startServers(): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-bench-'));
  await mkdir(join(folder, 'record'), { mode: 0o755 });
  const log = pino({ level: 'warn' }, pino.destination(2));
  // Postgres runs as another user when we are root, and must get into its folder.
  await chmod(folder, 0o755);
  const [postgres, redis] = await Promise.all([
    startEmbeddedPostgres({
      dataDir: join(folder, 'record'),
      log,
      settings: { max_connections: '400' },
      isTemporary: true,
    }),
    startRedis(),
  ]);
  return {
    redisUrl: redis.url,
    folder,
    async createDatabase() {
      const name = `bench_${randomBytes(6).toString('hex')}`;
      const admin = new pg.Client({ connectionString: postgres.connectionString });
      await admin.connect();
      await admin.query(`create database ${name}`);
      await admin.end();
      const url = new URL(postgres.connectionString);
      url.pathname = `/${name}`;
      return url.href;
    },
    async stop() {
      await Promise.all([postgres.stop(), redis.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
