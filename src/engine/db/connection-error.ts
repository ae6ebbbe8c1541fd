import { RecordUnavailableError } from '../engine-error.js';

/**
 * The record cannot take anything right now: lost or refused connections, Postgres stopping or
 * starting (SQLSTATE classes 08 and 57P), out of connections or disk (53), a transaction that was
 * silent for too long (25P03), or one of those that `isTooSlow` knows.
 */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    isTooSlow(error) ||
    /^(08|53|57P|25P03|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code) ||
    /terminated|timeout exceeded when trying to connect|Connection (ended|closed)|not queryable|Client was closed/i.test(
      error.message,
    )
  );
}

/** A statement, or a lock that it waited for, took too long (57014, 55P03): others may be well. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(57014|55P03)$/.test(String(error.code));
}

/**
 * The same services, each of whose methods rejects with RecordUnavailableError where the record is
 * away: whoever stands outside knows nothing of connections.
 */
export function behindRecord<T extends object>(services: T): T {
  const guarded = Object.entries(services).map(([name, part]) => [name, guard(part)]);
  return Object.fromEntries(guarded) as T;
}

function guard(part: unknown): unknown {
  if (typeof part === 'object' && part !== null) return behindRecord(part);
  if (typeof part !== 'function') return part;
  return (...args: unknown[]) => {
    const result: unknown = part(...args);
    return result instanceof Promise ? throughRecord(() => result) : result;
  };
}

/** @throws RecordUnavailableError in place of what a lost connection says */
async function throughRecord<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isConnectionError(error)) throw new RecordUnavailableError(error);
    throw error;
  }
}
