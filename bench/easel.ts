/** Easel as `src/main.ts` wires it, in one process on one platform, with a backend that waits for nothing. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { createDiscordBot } from '../src/bots/discord/index.js';
import { createTelegramBot } from '../src/bots/telegram/index.js';
import { createCardRenderer, createChat, createTexts } from '../src/chat/index.js';
import { createEngine } from '../src/engine/create-engine.js';
import { connectDatabase } from '../src/engine/db/connection.js';
import { migrateToLatest } from '../src/engine/db/migrator.js';
import { createId } from '../src/engine/ids.js';
import { createFileStore } from '../src/engine/images/file-store.js';
import {
  createPostgresRunQueue,
  createRedisRunQueue,
} from '../src/engine/queue/bullmq-run-queue.js';
import { createLocalSignals, createRedisSignals } from '../src/engine/queue/signals.js';
import { createInstantBackend, type InstantBackend } from './instant-backend.js';
import { preparedPicture } from './picture.js';
import { jobsAtOnce, type PipelineOptions } from './pipeline.js';
import { givenOptions, notify, serve } from './serve.js';
import { createTrace } from './trace.js';

export interface EaselOptions extends PipelineOptions {
  /** Tasks at the same time in the one pool. */
  readonly concurrency?: number;
  readonly runMs?: number;
  readonly progressEveryMs?: number;
  /** True leaves the platform's own budgets in force. */
  readonly withBudgets?: boolean;
  /** Records when each step of a task was reached. */
  readonly traced?: boolean;
}

const options = givenOptions<EaselOptions>();
const { platform, apiUrl, token, databaseUrl, redisUrl, folder } = options;
const log = pino({ level: 'warn' }, pino.destination(2));
const closers: (() => Promise<unknown>)[] = [];
/** The stand-in has none either, so that the pipelines' own time is measured. */
const noLimits = {
  chatIntervalMs: 0,
  groupWindowMs: 0,
  groupPerWindow: { all: Number.POSITIVE_INFINITY, progress: Number.POSITIVE_INFINITY },
  overallPerSecond: { all: Number.POSITIVE_INFINITY, progress: Number.POSITIVE_INFINITY },
  progressIntervalMs: { private: 1500, group: 3000 },
};
const trace = createTrace();
let backend: InstantBackend | undefined;
const now = () => new Date();

async function start(): Promise<void> {
  if (options.traced) trace.watchDatabase();
  await migrateToLatest(databaseUrl);
  const db = connectDatabase({ connectionString: databaseUrl, log });
  closers.push(() => db.destroy());
  const queue = redisUrl
    ? createRedisRunQueue({ url: redisUrl, log })
    : createPostgresRunQueue({ connectionString: databaseUrl, log });
  await queue.ready();
  closers.push(() => queue.close());
  const signals = redisUrl ? createRedisSignals(redisUrl, log) : createLocalSignals();
  closers.push(() => signals.close());
  const images = join(folder, createId());
  await mkdir(images, { recursive: true });
  const { runMs, progressEveryMs, concurrency = jobsAtOnce } = options;
  const instant = createInstantBackend({
    picture: await preparedPicture(),
    ...(runMs === undefined ? {} : { runMs }),
    ...(progressEveryMs === undefined ? {} : { progressEveryMs }),
    onCancel: () => notify('cancelled', performance.timeOrigin + performance.now()),
  });
  backend = instant;
  const engine = createEngine({
    db,
    queue: options.traced ? trace.queue(queue) : queue,
    signals,
    store: options.traced ? trace.store(createFileStore(images)) : createFileStore(images),
    pools: [
      {
        name: 'main',
        instances: [
          { backend: options.traced ? trace.backend(instant) : instant, slots: concurrency },
        ],
        concurrency,
        hidden: false,
      },
    ],
    log,
    limits: { waitingTasks: 1000 },
    maxRuns: Math.max(jobsAtOnce, options.runMs ? concurrency : 0),
    graceMs: 500,
  });
  const shown = options.traced ? trace.engine(engine) : engine;
  const texts = createTexts();
  const chat = createChat({
    engine: shown,
    log,
    admins: new Set(),
    texts,
    now,
    newErrorId: createId,
  });
  const bot = createBot(shown, chat);
  const shownPlatform = options.traced ? trace.platform(bot.platform) : bot.platform;
  const renderer = createCardRenderer({ engine: shown, platform: shownPlatform, texts, now, log });
  renderer.start();
  closers.push(() => renderer.stop());
  engine.startWorker();
  closers.push(() => engine.stopWorker());
  await bot.start();
  closers.push(() => bot.stop());
}

function createBot(engine: ReturnType<typeof createEngine>, chat: ReturnType<typeof createChat>) {
  if (platform === 'discord') {
    return createDiscordBot({ token, apiUrl, cdnHosts: ['127.0.0.1'], engine, chat, now, log });
  }
  return createTelegramBot({
    token,
    apiRoot: apiUrl,
    engine,
    chat,
    log,
    now,
    fetch,
    ...(options.withBudgets ? {} : { limits: noLimits }),
  });
}

serve({
  start,
  async stop() {
    for (const close of closers.reverse()) await close();
  },
  calls: {
    trace: () => trace.take(),
    /** Returns when they ended, in ms since the epoch. */
    endLast: (count: number) => {
      backend?.endLast(count);
      return performance.timeOrigin + performance.now();
    },
  },
});
