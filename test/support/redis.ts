import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { inject } from 'vitest';
import { findRedis, type RedisBinary } from './redis-binary.js';

const READY_WITHIN_MS = 60_000;

export type RedisServer = {
  url: string;
  port: number;
  /** Ends the process at once, as a power cut would; `start` brings an empty server back. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with nothing in it unless further arguments say where from. */
  start(args?: readonly string[]): Promise<void>;
  /** Ends it for good. */
  stop(): Promise<void>;
};

/**
 * The Redis that all tests share, and a prefix of keys for one of them. Don't FLUSHALL it, restart
 * it or change its settings: `startRedis` gives one for that.
 */
export function sharedRedis(): { url: string; prefix: string } {
  return { url: inject('redisUrl'), prefix: `test-${randomBytes(6).toString('hex')}` };
}

/**
 * A Redis of one's own on a free port, without persistence. It ends when this process does, however
 * that ends.
 */
export async function startRedis(args: readonly string[] = []): Promise<RedisServer> {
  const binary = await findRedis();
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  return startServer(url, port, (more) => commandOf(binary, port, [...settings, ...args, ...more]));
}

/** Watches a master by the name `studio`, and has a replica take its place within seconds. */
export async function startSentinel(master: RedisServer): Promise<RedisServer> {
  const binary = await findRedis();
  const port = await freePort();
  const watch = [
    `port ${port}`,
    `sentinel monitor studio 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds studio 500',
    'sentinel failover-timeout studio 3000',
  ];
  // A Sentinel keeps what it learns in its file.
  const file = join(tmpdir(), `easel-test-sentinel-${port}.conf`);
  return startServer(`redis://127.0.0.1:${port}`, port, () => {
    const { command, ...rest } = commandOf(binary, port, []);
    writeFileSync(file, watch.join('\n'));
    return { ...rest, command: [...command.slice(0, 1), file, '--sentinel'] };
  });
}

/** A cluster of one node, which has all slots. */
export async function startRedisCluster(): Promise<RedisServer> {
  const nodes = join(tmpdir(), `easel-test-cluster-${randomBytes(6).toString('hex')}.conf`);
  const server = await startRedis([
    ...['--cluster-enabled', 'yes', '--cluster-config-file', nodes],
    // Its address it would learn from other nodes.
    ...['--cluster-announce-ip', '127.0.0.1'],
  ]);
  const node = new Redis(server.url);
  await node.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  while (!(await node.cluster('INFO')).includes('cluster_state:ok')) await sleep(20);
  node.disconnect();
  return server;
}

async function startServer(
  url: string,
  port: number,
  commandWith: (more: readonly string[]) => ServerCommand,
): Promise<RedisServer> {
  let guard: ChildProcess | undefined;
  const end = async () => {
    if (!guard || guard.exitCode !== null || guard.signalCode !== null) return;
    guard.stdin?.destroy();
    await once(guard, 'exit');
  };
  const start = async (more: readonly string[] = []) => {
    await end();
    guard = spawnGuarded(commandWith(more));
    await becomesReady(url, guard);
  };
  await start();
  return { url, port, start, kill: end, stop: end };
}

/**
 * A shell starts the server, and beside it waits for the end of its own input, a pipe from us that
 * the system closes even when we are killed; then it ends the server, however that fares. A session
 * of its own keeps Ctrl-C from it.
 */
const GUARD = `
  exec 3<&0
  "$@" </dev/null & server=$!
  { while read -r line; do :; done; eval "$END"; } <&3 & watch=$!
  exec 3<&-
  wait $server; kill $watch 2>/dev/null`;

const settings = ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];

interface ServerCommand {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

function commandOf(binary: RedisBinary, port: number, args: readonly string[]): ServerCommand {
  if (binary.kind !== 'docker') {
    const { path, libraryPath } = binary;
    return {
      command: [path, '--bind', '127.0.0.1', '--port', String(port), ...args],
      environment: {
        END: 'kill -KILL $server',
        ...(libraryPath && { LD_LIBRARY_PATH: libraryPath }),
      },
    };
  }
  const name = `easel-test-redis-${port}-${randomBytes(4).toString('hex')}`;
  const publish = ['--rm', '--name', name, '-p', `127.0.0.1:${port}:6379`];
  const server = ['redis-server', '--port', '6379', ...args];
  return {
    command: ['docker', 'run', ...publish, binary.image, ...server],
    environment: { END: `docker rm -f ${name}` },
  };
}

function spawnGuarded({ command, environment }: ServerCommand): ChildProcess {
  return spawn('/bin/sh', ['-c', GUARD, 'sh', ...command], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, ...environment },
  });
}

async function becomesReady(url: string, guard: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    if (await answers(url)) return;
    const ended = guard.exitCode !== null || guard.signalCode !== null;
    if (ended || performance.now() > deadline) {
      guard.stdin?.destroy();
      throw new Error(`Redis did not start at ${url}`);
    }
    await sleep(20);
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
