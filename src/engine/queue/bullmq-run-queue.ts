import { once } from 'node:events';
import {
  createPostgresBackend,
  type Job,
  type JobsOptions,
  Queue,
  Worker,
  withBackend,
} from 'bullmq';
import type { Logger } from 'pino';
import { gatherErrors } from './gathered-errors.js';
import { connectRedis, mastersOf } from './redis-connection.js';
import { checkEviction } from './redis-eviction.js';
import {
  jobIdOf,
  type RunHandler,
  type RunJob,
  type RunQueue,
  type RunWorker,
} from './run-queue.js';
import { UnfitQueueError } from './unfit-queue-error.js';

const queueName = 'runs';

/** How long a try to become ready waits for a connection that is being made again. */
const reconnectPatienceMs = 2_000;

/** On a connection that fell silent, admission must not wait for ever. */
const commandTimeoutMs = 5_000;

/**
 * Milliseconds. A worker that dies between a job's delivery and the run's lease leaves the run
 * admitted and the job locked. A job that is taken for stalled by mistake does no harm: its run is
 * found to have started.
 */
const stallDetection = { lockDuration: 6_000, stalledInterval: 2_000 };

/** Milliseconds in which another process may come by before a run that was left is offered again. */
const offerAgainMs = 200;

/** A job leaves nothing behind: what became of a run stands in the record. */
const jobOptions: JobsOptions = { removeOnComplete: true, removeOnFail: true };

interface JobSource {
  ready(): Promise<void>;
  add(job: RunJob, options: JobsOptions): Promise<unknown>;
  getJobState(jobId: string): Promise<string>;
  createWorker(process: (job: Job<RunJob>) => ReturnType<RunHandler>, concurrency: number): Worker;
  close(): Promise<void>;
}

function createRunQueue(source: JobSource, log: Logger): RunQueue {
  const workers = new Set<Worker>();
  const unwell = gatherErrors(log, 'The queue is unwell');

  async function add(job: RunJob): Promise<void> {
    await source.add(job, { ...jobOptions, jobId: jobIdOf(job) });
  }

  /** Once its job has ended, as its id is free then. Where that fails, the recovery does it. */
  function offerAgain(job: RunJob): void {
    setTimeout(() => add(job).catch(unwell.report), offerAgainMs).unref();
  }

  return {
    ready: () => source.ready(),
    add,
    async has(job) {
      const state = await source.getJobState(jobIdOf(job));
      return state !== 'unknown' && state !== 'completed' && state !== 'failed';
    },
    work(handle, concurrency): RunWorker {
      const worker = source.createWorker((job) => handle(job.data), concurrency);
      worker.on('error', unwell.report);
      worker.on('completed', ({ data }, result) => result === 'left' && offerAgain(data));
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
      unwell.flush();
      await source.close();
    },
  };
}

export interface RedisQueueOptions {
  /** As `REDIS_URL`: one server, Sentinels, or a cluster. */
  readonly url: string;
  /** Keys begin with it; in braces, so that a cluster keeps them on one node. */
  readonly prefix?: string;
  readonly log: Logger;
}

/** The queue in production: BullMQ on Redis. */
export function createRedisRunQueue(options: RedisQueueOptions): RunQueue {
  const prefix = options.prefix ?? '{easel}';
  // Commands fail at once while Redis is away (the sweep repeats them); workers wait for it.
  const commands = connectRedis(options.url, {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: commandTimeoutMs,
  });
  const blocking = connectRedis(options.url, { lazyConnect: true, maxRetriesPerRequest: null });
  let lastError: Error | undefined;
  commands.on('error', (error: Error) => {
    if (error.message !== lastError?.message) options.log.warn({ err: error }, 'Redis is unwell');
    lastError = error;
  });
  // The same errors again; the worker reports its own.
  blocking.on('error', () => undefined);
  let queue: Queue | undefined;

  async function checkMasters(): Promise<void> {
    for (const master of mastersOf(commands)) await checkEviction(master, options.log);
  }

  // After a fail-over another server is the master, with settings of its own. Too late to refuse.
  commands.on('ready', () => {
    if (!queue) return;
    checkMasters().catch((error: unknown) => {
      const level = error instanceof UnfitQueueError ? 'error' : 'warn';
      options.log[level]({ err: error }, 'The Redis that is connected now may lose tasks');
    });
  });

  async function connected(): Promise<void> {
    if (commands.status === 'ready') return;
    const isNew = commands.status === 'wait' || commands.status === 'end';
    // Where no Sentinel answers, a first connection is tried without an end.
    const ready = once(commands, 'ready', { signal: AbortSignal.timeout(reconnectPatienceMs) });
    const connecting = isNew ? Promise.race([commands.connect(), ready]) : ready;
    ready.catch(() => undefined);
    await connecting.catch((error: unknown) => {
      if (error instanceof Error && error.name !== 'AbortError') throw error;
      throw lastError ?? new Error('no connection yet');
    });
  }

  const opened = (): Queue => {
    if (!queue) throw new Error('The queue is not ready yet');
    return queue;
  };
  return createRunQueue(
    {
      async ready() {
        await connected();
        if (!queue) await checkMasters();
        // BullMQ asks for the server's version in its constructor: only once there is one.
        queue ??= new Queue(queueName, { connection: commands, prefix });
        queue.on('error', () => undefined);
        await queue.waitUntilReady();
      },
      add: (job, jobOptions) => opened().add('run', job, jobOptions),
      getJobState: (jobId) => opened().getJobState(jobId),
      createWorker: (process, concurrency) =>
        new Worker(queueName, process, {
          connection: blocking,
          prefix,
          concurrency,
          ...stallDetection,
        }),
      async close() {
        await queue?.close();
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
      add: (job, jobOptions) => queue.add('run', job, jobOptions),
      getJobState: (jobId) => queue.getJobState(jobId),
      createWorker: (process, concurrency) =>
        new PostgresWorker(queueName, process as never, {
          connection,
          concurrency,
          ...stallDetection,
        }) as unknown as Worker,
      close: () => queue.close(),
    },
    options.log,
  );
}
