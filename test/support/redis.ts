import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
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
  /** Starts it again on the same port, with nothing in it. */
  start(): Promise<void>;
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
  let guard: ChildProcess | undefined;
  const end = async () => {
    if (!guard || guard.exitCode !== null || guard.signalCode !== null) return;
    guard.stdin?.destroy();
    await once(guard, 'exit');
  };
  const start = async () => {
    await end();
    guard = spawnGuarded(binary, port, args);
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

function spawnGuarded(binary: RedisBinary, port: number, args: readonly string[]): ChildProcess {
  const name = `easel-test-redis-${port}-${randomBytes(4).toString('hex')}`;
  const isDocker = binary.kind === 'docker';
  const publish = ['--rm', '--name', name, '-p', `127.0.0.1:${port}:6379`];
  const command =
    binary.kind === 'docker'
      ? ['docker', 'run', ...publish, binary.image, 'redis-server', '--port', '6379']
      : [binary.path, '--bind', '127.0.0.1', '--port', String(port)];
  const settings = ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
  const libraryPath = isDocker ? undefined : binary.libraryPath;
  return spawn('/bin/sh', ['-c', GUARD, 'sh', ...command, ...settings, ...args], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {
      ...process.env,
      END: isDocker ? `docker rm -f ${name}` : 'kill -KILL $server',
      ...(libraryPath && { LD_LIBRARY_PATH: libraryPath }),
    },
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
