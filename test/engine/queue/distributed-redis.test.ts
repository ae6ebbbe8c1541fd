import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRedisRunQueue } from '../../../src/engine/queue/bullmq-run-queue.js';
import { createRedisSignals, type Signals } from '../../../src/engine/queue/signals.js';
import { describeQueueContract } from '../../contracts/queue.js';
import { eventually, silentLog } from '../../support/engine.js';
import {
  type RedisServer,
  startRedis,
  startRedisCluster,
  startSentinel,
} from '../../support/redis.js';

async function expectSignals(url: string): Promise<void> {
  const two: Signals[] = [createRedisSignals(url, silentLog), createRedisSignals(url, silentLog)];
  const heard: string[] = [];
  two[1]?.subscribe('wake', ({ pool }) => heard.push(pool));
  await eventually(() => {
    two[0]?.publish('wake', { pool: 'main' });
    expect(heard).toContain('main');
  });
  await Promise.all(two.map((signals) => signals.close()));
}

describe('a cluster', () => {
  let node: RedisServer;
  let url = '';
  beforeAll(async () => {
    node = await startRedisCluster();
    url = `redis+cluster://127.0.0.1:${node.port}`;
  });
  afterAll(() => node.stop());

  describeQueueContract('a Redis cluster', async () => ({
    open: () => createRedisRunQueue({ url, log: silentLog }),
    close: async () => {},
  }));

  it('carries signals from one process to another', () => expectSignals(url));
});

describe('what Sentinels watch', () => {
  let master: RedisServer;
  let replica: RedisServer;
  let sentinel: RedisServer;
  let url = '';
  beforeAll(async () => {
    master = await startRedis();
    replica = await startRedis(['--replicaof', '127.0.0.1', String(master.port)]);
    sentinel = await startSentinel(master);
    url = `redis+sentinel://127.0.0.1:${sentinel.port}/studio`;
  });
  afterAll(() => Promise.all([master, replica, sentinel].map((server) => server.stop())));

  it('carries signals from one process to another', () => expectSignals(url));

  it('goes on with the replica once the master is gone, without a restart', async () => {
    const queue = createRedisRunQueue({ url, log: silentLog });
    await queue.ready();
    const seen: string[] = [];
    queue.work(async ({ taskId }) => {
      seen.push(taskId);
    }, 2);
    await queue.add({ taskId: 'before', run: 1 });
    await eventually(() => expect(seen).toEqual(['before']));
    await master.kill();
    await eventually(() => queue.add({ taskId: 'after', run: 1 }));
    await eventually(() => expect(seen).toContain('after'));
    await queue.close();
  });

  it('is waited for with a reason while no Sentinel answers', async () => {
    await sentinel.kill();
    const queue = createRedisRunQueue({ url, log: silentLog });
    await expect(queue.ready()).rejects.toThrow();
    await queue.close();
  });
});
