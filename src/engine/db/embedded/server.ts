import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, readlink, realpath, rm, stat, truncate } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { PostgresBinaries } from './binaries.js';
import { type Cluster, SUPERUSER } from './cluster.js';
import { isAlive, processIdentity } from './process-identity.js';
import { quietEnvironment } from './run-as.js';

/** A running server. `identity` is its first process's. */
export type Server = { identity: string; port: number };

const POLL_MS = 20;
/** Recovery after a crash replays the log since the last checkpoint, minutes at the very worst. */
const READY_WITHIN_MS = 180_000;
/** How long a server that is ready may take to answer a connection before it counts as hung. */
const ANSWER_WITHIN_MS = 5_000;
const STOP_WITHIN_MS = 30_000;
const LOG_LIMIT_BYTES = 5_000_000;

/** Small enough for the machine under the desk. Commits stay synchronous: this is the record. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '64MB',
  dynamic_shared_memory_type: 'mmap',
  max_wal_size: '512MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

/**
 * The server on this cluster when one runs already and answers with our password: one that was
 * orphaned, or that another process of ours started. One that does not answer is ended; the trace
 * of one that is gone is removed.
 */
export async function adoptServer(cluster: Cluster): Promise<Server | undefined> {
  for (;;) {
    const traces = await readPidFile(cluster);
    if (!traces) return undefined;
    const identity = await serverIdentity(traces.pid, cluster);
    if (identity === undefined) {
      await rm(join(cluster.pgdata, 'postmaster.pid'), { force: true });
      return undefined;
    }
    const server = { identity, port: traces.port };
    if (await becomesReady(cluster, server)) {
      if (await answers(cluster, server)) return server;
      await stopServer(cluster, server, ['SIGQUIT', 'SIGKILL']);
    }
  }
}

/**
 * Starts a server in a session of its own: Ctrl-C on a terminal and the end of this process do not
 * reach it. Without a port one is picked that is free now; if it is taken a moment later, another.
 * @throws with the last line of the server's log when it ends instead of getting ready.
 */
export async function startServer(
  cluster: Cluster,
  { postgres }: PostgresBinaries,
  options: { logFile: string; port?: number; settings?: Record<string, string> },
): Promise<Server> {
  const patience = performance.now() + ANSWER_WITHIN_MS;
  for (;;) {
    const port = options.port ?? (await freePort());
    const settings = { ...SETTINGS, ...options.settings, port: String(port) };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const { pid, log } = await spawnDetached(cluster, postgres, flags, options.logFile);
    const identity = processIdentity(pid);
    const server = identity && { identity, port };
    if (server && (await becomesReady(cluster, server))) return server;
    const reason = lastLine(await log());
    // A port taken since, or children of a killed server that have not noticed yet.
    const passes = /could not create any TCP|pre-existing shared memory/.test(reason);
    if (!passes || performance.now() > patience) {
      throw new Error(`The embedded Postgres did not start: ${reason} (see ${options.logFile})`);
    }
    await sleep(10 * POLL_MS);
  }
}

/** Fast shutdown by default; each further signal when the one before did not end it in time. */
export async function stopServer(
  cluster: Cluster,
  { identity }: Server,
  signals: NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGKILL'],
): Promise<void> {
  const pid = Number.parseInt(identity, 10);
  for (const signal of signals) {
    if (!isAlive(identity)) break;
    process.kill(pid, signal);
    // A stopped process takes no other signal than SIGKILL until it goes on.
    if (signal !== 'SIGKILL') process.kill(pid, 'SIGCONT');
    const deadline = performance.now() + (signal === 'SIGINT' ? STOP_WITHIN_MS : ANSWER_WITHIN_MS);
    while (isAlive(identity) && performance.now() < deadline) await sleep(POLL_MS);
  }
  if (isAlive(identity))
    throw new Error(`Postgres (process ${pid}, ${cluster.pgdata}) does not end`);
}

/** The address of the cluster's database `postgres`. Holds the password: not for logs. */
export function connectionStringOf({ password }: Cluster, { port }: Server): string {
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
}

/** Lines of postmaster.pid: pid, data folder, start, port, socket folder, address, memory, status. */
async function readPidFile({ pgdata }: Cluster) {
  try {
    const lines = (await readFile(join(pgdata, 'postmaster.pid'), 'utf8')).split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined when the pid is free, or has gone to another program since. */
async function serverIdentity(pid: number, { pgdata }: Cluster): Promise<string | undefined> {
  const identity = pid > 0 ? processIdentity(pid) : undefined;
  if (identity === undefined || process.platform !== 'linux') return identity;
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return folder === (await realpath(pgdata)) ? identity : undefined;
}

/** False when the server ends before it is ready. */
async function becomesReady(cluster: Cluster, { identity }: Server): Promise<boolean> {
  const pid = Number.parseInt(identity, 10);
  const deadline = performance.now() + READY_WITHIN_MS;
  while (isAlive(identity)) {
    const file = await readPidFile(cluster);
    if (file?.pid === pid && file.status === 'ready') return true;
    if (performance.now() > deadline) {
      throw new Error(`Postgres (process ${pid}) is not ready after ${READY_WITHIN_MS / 1000} s`);
    }
    await sleep(POLL_MS);
  }
  return false;
}

async function answers(cluster: Cluster, server: Server): Promise<boolean> {
  const client = new pg.Client({
    connectionString: connectionStringOf(cluster, server),
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query('show data_directory');
    return rows[0].data_directory === (await realpath(cluster.pgdata));
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function spawnDetached(
  { pgdata, user }: Cluster,
  postgres: string,
  flags: string[],
  logFile: string,
) {
  const log = await open(logFile, 'a', 0o600);
  try {
    if ((await log.stat()).size > LOG_LIMIT_BYTES) await truncate(logFile);
    const { size } = await stat(logFile);
    const child = spawn(postgres, ['-D', pgdata, ...flags], {
      ...user,
      cwd: '/',
      env: quietEnvironment(),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await once(child, 'spawn');
    child.unref();
    const written = async () => (await readFile(logFile)).subarray(size).toString();
    return { pid: child.pid as number, log: written };
  } finally {
    await log.close();
  }
}

function lastLine(log: string): string {
  const lines = log.trim().split('\n');
  return (lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1) ?? '').trim();
}
