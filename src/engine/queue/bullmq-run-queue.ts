import {
  createPostgresBackend,
  type Job,
  type JobsOptions,
  Queue,
  Worker,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { jobIdOf, type RunJob, type RunQueue, type RunWorker } from './run-queue.js';

const queueName = 'runs';

/** A job leaves nothing behind: what became of a run stands in the record. */
const jobOptions: JobsOptions = { removeOnComplete: true, removeOnFail: true };

interface JobSource {
  ready(): Promise<void>;
  queue: Pick<Queue, 'add' | 'getJobState' | 'close'>;
  createWorker(process: (job: Job<RunJob>) => Promise<void>, concurrency: number): Worker;
  disconnect(): Promise<void>;
}

function createRunQueue(source: JobSource, log: Logger): RunQueue {
  const workers = new Set<Worker>();
  return {
    ready: () => source.ready(),
    async add(job) {
      await source.queue.add('run', job, { ...jobOptions, jobId: jobIdOf(job) });
    },
    async has(job) {
      const state = await source.queue.getJobState(jobIdOf(job));
      return state !== 'unknown' && state !== 'completed' && state !== 'failed';
    },
    work(handle, concurrency): RunWorker {
      const worker = source.createWorker((job) => handle(job.data), concurrency);
      worker.on('error', (error) => log.warn({ err: error }, 'The queue is unwell'));
      workers.add(worker);
      return {
        async drain() {
          workers.delete(worker);
          await worker.close();
        },
      };
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.close(true)));
      await source.queue.close();
      await source.disconnect();
    },
  };
}

export interface RedisQueueOptions {
  readonly url: string;
  /** Keys begin with it; in braces, so that a cluster keeps them on one node. */
  readonly prefix?: string;
  readonly log: Logger;
}

/** The queue in production: BullMQ on Redis. */
export function createRedisRunQueue(options: RedisQueueOptions): RunQueue {
  const prefix = options.prefix ?? '{easel}';
  // Commands fail at once while Redis is away (the sweep repeats them); workers wait for it.
  const commands = new Redis(options.url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    lazyConnect: true,
    retryStrategy: (attempt) => Math.min(attempt * 200, 2_000),
  });
  const blocking = commands.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true });
  let lastError = '';
  commands.on('error', (error: Error) => {
    if (error.message !== lastError) options.log.warn({ err: error }, 'Redis is unwell');
    lastError = error.message;
  });
  blocking.on('error', () => undefined);
  const queue = new Queue(queueName, {
    connection: commands,
    prefix,
    skipWaitingForReady: true,
  });
  queue.on('error', () => undefined);
  return createRunQueue(
    {
      async ready() {
        if (commands.status === 'wait') await commands.connect();
        await queue.waitUntilReady();
      },
      queue,
      createWorker: (process, concurrency) =>
        new Worker(queueName, process, { connection: blocking, prefix, concurrency }),
      async disconnect() {
        commands.disconnect();
        blocking.disconnect();
      },
    },
    options.log,
  );
}

export interface PostgresQueueOptions {
  readonly connectionString: string;
  readonly log: Logger;
}

/** The queue of one machine without Redis: BullMQ on the record's own Postgres. */
export function createPostgresRunQueue(options: PostgresQueueOptions): RunQueue {
  const { Queue: PostgresQueue, Worker: PostgresWorker } = withBackend(createPostgresBackend);
  const connection = { connectionString: options.connectionString, schema: 'bullmq', max: 5 };
  const queue = new PostgresQueue(queueName, { connection: { ...connection, migrate: true } });
  queue.on('error', (error) => options.log.warn({ err: error }, 'The queue is unwell'));
  return createRunQueue(
    {
      async ready() {
        await queue.waitUntilReady();
      },
      queue: queue as unknown as JobSource['queue'],
      createWorker: (process, concurrency) =>
        new PostgresWorker(queueName, process as never, {
          connection,
          concurrency,
        }) as unknown as Worker,
      async disconnect() {},
    },
    options.log,
  );
}
