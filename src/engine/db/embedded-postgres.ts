import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { findPostgresBinaries } from './embedded/binaries.js';
import { makeHome, openCluster, removeCluster } from './embedded/cluster.js';
import { addHolder, removeHolder } from './embedded/holders.js';
import { withLockFile } from './embedded/lock-file.js';
import { isAlive } from './embedded/process-identity.js';
import { chooseRunAs } from './embedded/run-as.js';
import {
  adoptServer,
  connectionStringOf,
  type Server,
  startServer,
  stopServer,
} from './embedded/server.js';

/** The longest that a start or stop of another process may hold us up: it may be recovering. */
const LOCK_PATIENCE_MS = 240_000;
const SUPERVISE_EVERY_MS = 500;

export type EmbeddedPostgresOptions = {
  /** Easel's data folder; the database and its password go into `postgres` below it. */
  dataDir: string;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Added to the server's own settings, by their names in postgresql.conf. */
  settings?: Record<string, string>;
  /** Deletes the database when its server stops: for tests. */
  isTemporary?: boolean;
};

export type EmbeddedPostgres = {
  /** Of the database `postgres`, for its superuser. Holds the password: not for logs. */
  connectionString: string;
  /** Stops the server, unless another process uses it too; resolves when it is gone. */
  stop(): Promise<void>;
};

/**
 * Starts the database that needs no installation, or joins the one that runs already on this data
 * folder. It listens on 127.0.0.1 alone, lives on if this process is killed, is adopted by the
 * next start, and is started again on the same port if it dies while it is used.
 * @throws an error of one line that says what to do.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { dataDir, log, settings } = options;
  if (process.platform === 'win32') {
    throw new Error('The embedded Postgres needs Linux or macOS: set DATABASE_URL');
  }
  const home = resolve(dataDir, 'postgres');
  const logFile = join(home, 'server.log');
  await mkdir(dataDir, { recursive: true });
  const locked = <T>(work: () => Promise<T>) =>
    withLockFile(`${home}.lock`, LOCK_PATIENCE_MS, work);

  const user = await chooseRunAs();
  const binaries = await findPostgresBinaries(user);
  const { cluster, first, holder } = await locked(async () => {
    await makeHome(home);
    const cluster = await openCluster(home, user, binaries);
    const adopted = await adoptServer(cluster);
    const first = adopted ?? (await startServer(cluster, binaries, { logFile, settings }));
    log.info(
      { folder: cluster.pgdata, port: first.port },
      adopted ? 'joined the embedded Postgres that runs already' : 'embedded Postgres ready',
    );
    return { cluster, first, holder: await addHolder(home) };
  });

  let server: Server = first;
  const { port } = first;
  const supervision = every(SUPERVISE_EVERY_MS, async () => {
    if (isAlive(server.identity)) return;
    log.warn({ port }, 'the embedded Postgres died: starting it again');
    server = await locked(
      async () =>
        (await adoptServer(cluster)) ??
        (await startServer(cluster, binaries, { logFile, settings, port })),
    ).catch((error) => {
      log.error({ err: error }, 'the embedded Postgres does not start again');
      return server;
    });
  });

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await supervision.stop();
    await locked(async () => {
      if (!(await removeHolder(home, holder))) return;
      await stopServer(cluster, server);
      if (options.isTemporary) await removeCluster(home);
    });
  };
  return {
    connectionString: connectionStringOf(cluster, server),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Runs `work` again and again, never twice at once; does not keep the process alive. */
function every(intervalMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  let running = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = work().finally(() => {
      busy = false;
    });
  }, intervalMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
