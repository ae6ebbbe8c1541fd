import { setTimeout as sleep } from 'node:timers/promises';
import { RecordUnavailableError } from '../engine/index.js';

/** Milliseconds that the record has to take an update down: its sender waits for a first answer. */
const recordPatienceMs = 2_000;

/** Undefined: the record is away, or takes longer than it may. */
export async function receivedInTime<T>(writing: Promise<T>): Promise<T | undefined> {
  const patience = new AbortController();
  const { signal } = patience;
  try {
    return await Promise.race([writing, sleep(recordPatienceMs, undefined, { signal })]);
  } catch (error) {
    if (error instanceof RecordUnavailableError) return undefined;
    throw error;
  } finally {
    patience.abort();
  }
}
