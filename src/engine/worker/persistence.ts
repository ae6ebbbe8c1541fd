import type { Logger } from 'pino';
import { isConnectionError } from '../db/connection-error.js';

/** Milliseconds; in all about the time that a Postgres needs to come back from a crash. */
const delays = [100, 300, 1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * Repeats a write to the record while the record is away: the work is done, and must not be lost
 * for a dropped connection. Gives up in the end; the recovery then finds the run without a lease.
 * @throws what the write threw when that is not the connection's fault
 */
export async function persist(
  write: () => Promise<void>,
  log: Logger,
  context: Readonly<Record<string, string | number>>,
): Promise<void> {
  for (const delayMs of [...delays, undefined]) {
    try {
      return await write();
    } catch (error) {
      if (!isConnectionError(error) || delayMs === undefined) throw error;
      log.warn({ err: error, ...context }, 'The record did not take an outcome; trying again');
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}
