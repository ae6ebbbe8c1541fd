import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { StartError } from '../../../src/chat/index.js';
import { createRedisRunQueue } from '../../../src/engine/queue/bullmq-run-queue.js';
import type { RunQueue } from '../../../src/engine/queue/run-queue.js';
import { reachService } from '../../../src/startup/service-start.js';
import { eventually, silentLog } from '../../support/engine.js';
import { type RedisServer, startRedis } from '../../support/redis.js';

let redis: RedisServer;
let queue: RunQueue;
afterEach(async () => {
  await queue.close();
  await redis.stop();
});

it('is not started on where Redis may evict jobs', async () => {
  redis = await startRedis(['--maxmemory-policy', 'allkeys-lru']);
  queue = createRedisRunQueue({ url: redis.url, log: silentLog });
  const signal = new AbortController().signal;
  const start = reachService('Redis', redis.url, () => queue.ready(), silentLog, signal);
  await expect(start).rejects.toThrow(StartError);
  await expect(start).rejects.toThrow(/"allkeys-lru" but must be "noeviction"/);
});

it('is started on, with one warning, where CONFIG is forbidden', async () => {
  redis = await startRedis();
  const admin = new Redis(redis.url);
  await admin.acl('SETUSER', 'default', '-config');
  admin.disconnect();
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  queue = createRedisRunQueue({ url: redis.url, log });
  await queue.ready();
  await queue.ready();
  await queue.add({ taskId: 'task', run: 1 });
  expect(lines.filter((line) => line.includes('maxmemory-policy'))).toHaveLength(1);
});

it('says so, and goes on, where the server that takes over may evict jobs', async () => {
  redis = await startRedis();
  const lines: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
  queue = createRedisRunQueue({ url: redis.url, log });
  await queue.ready();
  const admin = new Redis(redis.url);
  await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
  await admin.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  admin.disconnect();
  await eventually(() =>
    expect(lines.join()).toContain('allkeys-lru\\" but must be \\"noeviction'),
  );
  await queue.add({ taskId: 'task', run: 1 });
});
