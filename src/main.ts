import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { createDiscordBot } from './bots/discord/index.js';
import { createTelegramBot } from './bots/telegram/index.js';
import {
  type ChatPlatform,
  createCardRenderer,
  createChat,
  createTexts,
  StartError,
} from './chat/index.js';
import { type Config, ConfigError, loadConfig } from './config.js';
import { createEngine, type EngineOptions, type RunningEngine } from './engine/create-engine.js';
import {
  connectDatabase,
  type Database,
  pingDatabase,
  warmUpDatabase,
} from './engine/db/connection.js';
import { startEmbeddedPostgres } from './engine/db/embedded-postgres.js';
import { migrateToLatest } from './engine/db/migrator.js';
import { createId } from './engine/ids.js';
import { createFileStore } from './engine/images/file-store.js';
import { createImageLinks, type ImageLinks } from './engine/images/image-links.js';
import { createPostgresRunQueue, createRedisRunQueue } from './engine/queue/bullmq-run-queue.js';
import type { RunQueue } from './engine/queue/run-queue.js';
import { createLocalSignals, createRedisSignals, type Signals } from './engine/queue/signals.js';
import { startHealthServer } from './http/health.js';
import { createLinkedImages, type LinkedImages } from './http/linked-images.js';
import type { Metrics } from './http/metrics.js';
import { createConfiguredPools, readPoolsAnew } from './startup/configured-pools.js';
import { createFailingEngine, readFailpoint } from './startup/failpoints.js';
import { createLog } from './startup/log.js';
import { reachService } from './startup/service-start.js';
import { type Closers, closeAll, endWith, logDefects, stopOnSignals } from './startup/shutdown.js';

async function main(): Promise<void> {
  const config = readConfig();
  const { log, hide } = createLog(config);
  const readConfigAnew = () => {
    const next = loadConfig(process.env, process.cwd());
    hide(next.secrets);
    return next;
  };
  const closers: Closers = [];
  const stopping = new AbortController();
  stopOnSignals(log, closers, stopping);
  logDefects(log);
  try {
    await start({ config, readConfigAnew, log, closers, signal: stopping.signal });
  } catch (error) {
    if (stopping.signal.aborted) return;
    if (error instanceof StartError) log.fatal(error.message);
    else log.fatal({ err: error }, 'Easel could not start');
    await closeAll(closers, log);
    process.exit(1);
  }
}

interface StartDependencies {
  readonly config: Config;
  /** For a reload. @throws ConfigError */
  readonly readConfigAnew: () => Config;
  readonly log: Logger;
  readonly closers: Closers;
  readonly signal: AbortSignal;
}

async function start(deps: StartDependencies): Promise<void> {
  const { config, readConfigAnew, log, closers, signal } = deps;
  for (const key of config.unused) log.warn(`${key} is set, but this version does not use it yet`);
  const databaseUrl = await openRecord(config, log, closers, signal);
  const db = connectDatabase({ connectionString: databaseUrl, log });
  closers.push(() => db.destroy());
  await warmUpDatabase(db, 10);
  const { queue, signals } = await openQueue(config, databaseUrl, log, closers, signal);
  const pools = createConfiguredPools(log);
  closers.push(() => pools.close());
  const folder = join(config.dataDir, 'images');
  await mkdir(folder, { recursive: true });
  const failpoint = readFailpoint(process.env.EASEL_FAILPOINT);
  const metrics = await openMetrics(config);
  const options: EngineOptions = {
    db,
    queue,
    signals,
    store: createFileStore(folder),
    pools: pools.of(config),
    readPools: () => readPoolsAnew(pools, readConfigAnew),
    log,
    ...(metrics && { onRunEnded: metrics.runEnded }),
    imageMetadata: config.images.metadata,
    retention: config.retention,
    limits: {
      ...config.limits,
      hardRunningTasks: config.limits.hardRunningTasks ?? null,
      userImagesPerDay: config.limits.userImagesPerDay ?? null,
      scopeImagesPerDay: config.limits.scopeImagesPerDay ?? null,
    },
    weightOf: ({ platform, platformUserId }, adminWeight) =>
      config.admins.has(`${platform}:${platformUserId}`) ? adminWeight : 1,
  };
  const engine = failpoint ? createFailingEngine(options, failpoint) : createEngine(options);
  metrics?.watch(engine);
  reloadOnSignal(engine, log);
  // Closed in the opposite order: no new requests, then the worker, then the last cards.
  const links = config.links ? createImageLinks({ ...config.links, now }) : null;
  const bots = createBots(config, engine, links, log);
  for (const { platform, close } of bots) {
    closers.push(async () => close?.(), startRenderer(engine, platform, metrics, log));
  }
  if (config.roles.has('worker')) {
    engine.startWorker();
    closers.push(() => engine.stopWorker());
    log.info({ backends: config.backends.map(({ name }) => name) }, 'The worker is ready');
  }
  const starts = bots.map(async (bot) => {
    closers.push(() => bot.stop());
    await bot.start();
    log.info(`The ${bot.platform.name} bot is ready`);
  });
  const images = links ? createLinkedImages({ engine, links }) : undefined;
  await Promise.all([...starts, startHttp(config, db, metrics, images, log, closers)]);
}

/** The database, there and migrated. */
async function openRecord(
  config: Config,
  log: Logger,
  closers: Closers,
  signal: AbortSignal,
): Promise<string> {
  let url = config.databaseUrl;
  if (!url) {
    const starting = startEmbeddedPostgres({ dataDir: config.dataDir, log });
    // Before it runs: a signal meanwhile must not leave it behind.
    closers.push(() =>
      starting.then(
        (postgres) => postgres.stop(),
        () => undefined,
      ),
    );
    url = (await starting).connectionString;
  }
  const connectionString = url;
  const done = await reachService(
    'Postgres',
    connectionString,
    () => migrateToLatest(connectionString),
    log,
    signal,
  );
  if (done.length > 0) log.info({ migrations: done }, 'The record was migrated');
  return connectionString;
}

async function openQueue(
  config: Config,
  databaseUrl: string,
  log: Logger,
  closers: Closers,
  signal: AbortSignal,
): Promise<{ readonly queue: RunQueue; readonly signals: Signals }> {
  const { redisUrl } = config;
  const queue = redisUrl
    ? createRedisRunQueue({ url: redisUrl, log })
    : createPostgresRunQueue({ connectionString: databaseUrl, log });
  closers.push(() => queue.close());
  await reachService(
    redisUrl ? 'Redis' : 'Postgres',
    redisUrl ?? databaseUrl,
    () => queue.ready(),
    log,
    signal,
  );
  const signals = redisUrl ? createRedisSignals(redisUrl, log) : createLocalSignals();
  closers.push(() => signals.close());
  return { queue, signals };
}

interface Bot {
  readonly platform: ChatPlatform;
  start(): Promise<void>;
  stop(): Promise<void>;
  close?(): void;
}

function createBots(
  config: Config,
  engine: RunningEngine,
  links: ImageLinks | null,
  log: Logger,
): Bot[] {
  const shared = { engine, links, log, now };
  const chat = createChat({
    ...shared,
    admins: config.admins,
    texts: createTexts(),
    newErrorId: createId,
  });
  const bots: Bot[] = [];
  if (config.discord && config.roles.has('discord')) {
    bots.push(createDiscordBot({ ...config.discord, ...shared, chat, onFatal: endWith(log) }));
  }
  if (config.telegram && config.roles.has('telegram')) {
    bots.push(createTelegramBot({ ...config.telegram, ...shared, chat, fetch }));
  }
  return bots;
}

/** Loaded only where it is read: it watches the whole process. */
async function openMetrics(config: Config): Promise<Metrics | undefined> {
  if (config.httpPort === undefined || !config.roles.has('http')) return undefined;
  const { createMetrics } = await import('./http/metrics.js');
  return createMetrics(now);
}

/** Returns the way to stop it. */
function startRenderer(
  engine: RunningEngine,
  platform: ChatPlatform,
  metrics: Metrics | undefined,
  log: Logger,
): () => Promise<void> {
  const renderer = createCardRenderer({
    engine,
    platform,
    texts: createTexts(),
    now,
    log,
    ...(metrics && {
      onShown: ({ batch }, position) => metrics.cardShown({ batch, position }),
    }),
  });
  renderer.start();
  return () => renderer.stop();
}

function now(): Date {
  return new Date();
}

async function startHttp(
  config: Config,
  db: Database,
  metrics: Metrics | undefined,
  images: LinkedImages | undefined,
  log: Logger,
  closers: Closers,
): Promise<void> {
  const { httpPort } = config;
  if (httpPort === undefined || !metrics) return;
  const server = await startHealthServer(httpPort, () => pingDatabase(db), metrics, images);
  closers.push(() => server.close());
  log.info({ port: server.port }, 'The http server is ready');
}

/** SIGHUP: the backends of this process, as the configuration has them now. */
function reloadOnSignal(engine: RunningEngine, log: Logger): void {
  process.on('SIGHUP', () => {
    try {
      engine.backends.reloadHere();
    } catch (error) {
      log.error({ err: error }, 'The backends were not read anew: they stay as they were');
    }
  });
}

function readConfig(): Config {
  try {
    return loadConfig(process.env, process.cwd());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

await main();
