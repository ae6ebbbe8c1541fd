import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { StartError } from '../chat/index.js';
import { parseRedisUrl } from '../engine/queue/redis-address.js';
import { UnfitQueueError } from '../engine/queue/unfit-queue-error.js';

/** Milliseconds between two tries: from the first to the last. */
const firstPauseMs = 500;
const longestPauseMs = 15_000;

/**
 * Does the first thing that needs a service, again and again while it is away, with a line for each
 * try that names host and reason.
 * @throws StartError where waiting does not help: a wrong password, no such database
 */
export async function reachService<T>(
  service: string,
  url: string,
  work: () => Promise<T>,
  log: Logger,
  signal: AbortSignal,
): Promise<T> {
  const host = hostsOf(url);
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      const reason = reasonOf(error);
      if (isFinal(error)) {
        throw new StartError(`${service} at ${host} refuses: ${reason}`, {
          retryable: false,
          cause: error,
        });
      }
      log.warn(`${service} at ${host} is not there yet: ${reason}; trying again in ${pauseMs} ms`);
      await sleep(pauseMs, undefined, { signal });
    }
  }
}

/** Without user and password. */
function hostsOf(url: string): string {
  const redis = parseRedisUrl(url);
  if (!redis) return new URL(url).host;
  return redis.hosts.map(({ host, port }) => `${host}:${port}`).join(', ');
}

/**
 * Postgres: SQLSTATE 28 (wrong user or password), 3D (no such database), 42 (a migration that is
 * wrong). Redis answers WRONGPASS, NOAUTH or NOPERM, or is set to throw jobs away.
 */
function isFinal(error: unknown): boolean {
  if (error instanceof UnfitQueueError) return true;
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^(28|3D|42)/.test(code) || /^(WRONGPASS|NOAUTH|NOPERM)/.test(error.message);
}

/** One line. Node wraps what several addresses said into an AggregateError without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] || 'no reason given';
}
