import { type Redis, ReplyError } from 'ioredis';
import type { Logger } from 'pino';
import { UnfitQueueError } from './unfit-queue-error.js';

/**
 * A Redis that evicts keys when its memory is full drops jobs and BullMQ's own records without a
 * word. Where a provider forbids CONFIG there is only a line in the log.
 * @throws UnfitQueueError, or what the connection said
 */
export async function checkEviction(redis: Redis, log: Logger): Promise<void> {
  const policy = await readPolicy(redis, log);
  if (policy === undefined || policy === 'noeviction') return;
  throw new UnfitQueueError(
    `maxmemory-policy is "${policy}" but must be "noeviction", else tasks are lost when memory is full`,
  );
}

async function readPolicy(redis: Redis, log: Logger): Promise<string | undefined> {
  try {
    const [, policy] = (await redis.config('GET', 'maxmemory-policy')) as string[];
    return policy;
  } catch (error) {
    if (!(error instanceof ReplyError) || isPassing(error)) throw error;
    log.warn({ err: error }, 'Redis does not tell its maxmemory-policy: see that it is noeviction');
    return undefined;
  }
}

/** Redis reads its file yet, or its cluster looks for a master. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof Error && /^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)/.test(error.message)
  );
}
