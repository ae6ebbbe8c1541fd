import type { Logger } from 'pino';
import { isConnectionError } from '../db/connection-error.js';
import { ImageStoreError } from '../images/image-store.js';

/** Milliseconds; in all about the time that a Postgres needs to come back from a crash. */
const delays = [100, 300, 1_000, 2_000, 4_000, 8_000, 15_000];
/** A full disk seldom empties itself; open files become fewer. */
const mostStoreFailures = 4;

/**
 * Repeats the recording of an outcome while the record is away, or its images cannot be stored: the
 * work is done, and must not be lost for a dropped connection. Gives up in the end.
 * @throws what the write threw last
 */
export async function persist(
  write: () => Promise<void>,
  log: Logger,
  context: Readonly<Record<string, string | number>>,
): Promise<void> {
  let storeFailures = 0;
  for (const delayMs of [...delays, undefined]) {
    try {
      return await write();
    } catch (error) {
      const isStore = error instanceof ImageStoreError;
      if (isStore) storeFailures += 1;
      const isPassing = isStore ? storeFailures < mostStoreFailures : isConnectionError(error);
      if (!isPassing || delayMs === undefined) throw error;
      log.warn({ err: error, ...context }, 'An outcome could not be kept; trying again');
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}
