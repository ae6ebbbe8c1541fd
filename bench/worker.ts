/** The engine alone, without a chat: what submits tasks, and what works at them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { createEngine, type RunningEngine } from '../src/engine/create-engine.js';
import { connectDatabase } from '../src/engine/db/connection.js';
import { migrateToLatest } from '../src/engine/db/migrator.js';
import { createId } from '../src/engine/ids.js';
import { createFileStore } from '../src/engine/images/file-store.js';
import { createRedisRunQueue } from '../src/engine/queue/bullmq-run-queue.js';
import { createRedisSignals } from '../src/engine/queue/signals.js';
import { createInstantBackend } from './instant-backend.js';
import { preparedPicture } from './picture.js';
import { givenOptions, notify, serve } from './serve.js';

export interface WorkerOptions {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly folder: string;
  /** Slots of the one pool. */
  readonly concurrency: number;
  /** Runs of this process at a time; 0: it works at nothing. */
  readonly maxRuns: number;
  readonly runMs: number;
}

export interface Submission {
  readonly batches: number;
  readonly tasksEach: number;
  readonly users: number;
}

const options = givenOptions<WorkerOptions>();
const log = pino({ level: 'error' }, pino.destination(2));
const closers: (() => Promise<unknown>)[] = [];
let engine: RunningEngine | undefined;
let submitted = 0;

const nowMs = () => performance.timeOrigin + performance.now();

async function start(): Promise<void> {
  const { databaseUrl, redisUrl, folder, concurrency, maxRuns, runMs } = options;
  await migrateToLatest(databaseUrl);
  const db = connectDatabase({ connectionString: databaseUrl, log, maxConnections: 10 });
  closers.push(() => db.destroy());
  const prefix = `{${new URL(databaseUrl).pathname.slice(1)}}`;
  const queue = createRedisRunQueue({ url: redisUrl, prefix, log });
  await queue.ready();
  closers.push(() => queue.close());
  const signals = createRedisSignals(redisUrl, log);
  closers.push(() => signals.close());
  const images = join(folder, createId());
  await mkdir(images, { recursive: true });
  const picture = await preparedPicture();
  const backend = createInstantBackend({
    picture: picture.subarray(0),
    runMs,
    onBegin: ({ runKey }) => notify('began', { runKey, at: nowMs() }),
  });
  engine = createEngine({
    db,
    queue,
    signals,
    store: createFileStore(images),
    pools: [
      { name: 'main', instances: [{ backend, slots: concurrency }], concurrency, hidden: false },
    ],
    log,
    limits: { waitingTasks: 1_000_000, runningTasks: 1000 },
    maxRuns: Math.max(1, maxRuns),
    graceMs: 100,
  });
  if (maxRuns > 0) {
    engine.startWorker();
    closers.push(async () => engine?.stopWorker());
  }
}

function opened(): RunningEngine {
  if (!engine) throw new Error('The engine is not open yet');
  return engine;
}

async function submitOne(userIndex: number, tasks: number): Promise<string> {
  const user = await opened().ensureUser({
    platform: 'telegram',
    platformUserId: String(1000 + userIndex),
    name: `user ${userIndex}`,
    locale: 'en',
  });
  submitted += 1;
  const { batchId } = await opened().submit({
    user,
    scopeId: 'telegram:1',
    origin: 'batch',
    update: { platform: 'telegram', key: `${process.pid}-${submitted}` },
    prompt: 'a lighthouse',
    private: false,
    address: { chatId: userIndex },
    tasks: Array.from({ length: tasks }, () => ({
      operation: 'generate',
      prompt: 'a lighthouse',
      count: 1,
    })),
  });
  return batchId;
}

async function submit({ batches, tasksEach, users }: Submission): Promise<string[]> {
  const ids: string[] = [];
  let left = batches;
  const loop = async () => {
    while (left > 0) {
      left -= 1;
      ids.push(await submitOne(left % users, tasksEach));
    }
  };
  await Promise.all(Array.from({ length: 8 }, loop));
  return ids;
}

/** Milliseconds that each of the engine's answers took, one after the other. */
async function time(times: number, work: (n: number) => Promise<unknown>): Promise<number[]> {
  const durations: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const beganAt = performance.now();
    await work(n);
    durations.push(performance.now() - beganAt);
  }
  return durations;
}

/** When the last task of a batch was on record as completed. */
async function completedAt(batchId: string): Promise<number> {
  for (;;) {
    const batch = await opened().batch(batchId);
    if (!batch) throw new Error(`no batch ${batchId}`);
    const { completed, pending, processing, total } = batch.counts;
    if (completed === total) {
      return Math.max(...batch.tasks.map(({ finishedAt }) => finishedAt?.getTime() ?? 0));
    }
    if (pending + processing === 0) throw new Error(`batch ${batchId} did not complete`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

serve({
  start,
  async stop() {
    for (const close of closers.reverse()) await close();
  },
  calls: {
    submit,
    timeSubmit: ({ times, users }: { times: number; users: number }) =>
      time(times, (n) => submitOne(n % users, 1)),
    timePosition: ({ batchIds }: { batchIds: string[] }) =>
      time(batchIds.length, (n) => opened().position(batchIds[n] ?? '')),
    completedAt,
    batch: (batchId: string) => opened().batch(batchId),
  },
});
