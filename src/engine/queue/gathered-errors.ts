import type { Logger } from 'pino';

/** Long enough for what a stalled process or a lost connection brings down on all jobs at once. */
const gatherMs = 1_000;

export interface GatheredErrors {
  /** Logs it soon, together with others of its kind. */
  report(error: Error): void;
  /** Logs what is still held back. */
  flush(): void;
}

/**
 * BullMQ tells of each job by itself that its lock was not renewed or is missing. Errors that differ
 * in nothing but their job make one line, which says how many they were.
 */
export function gatherErrors(log: Logger, message: string): GatheredErrors {
  const held = new Map<string, { readonly first: Error; times: number }>();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const { first, times } of held.values()) log.warn({ err: first, times }, message);
    held.clear();
  }

  return {
    report(error) {
      const kind = error.message.replace(/\bjob [^\s.]+/, 'job');
      const known = held.get(kind);
      if (known) known.times += 1;
      else held.set(kind, { first: error, times: 1 });
      timer ??= setTimeout(flush, gatherMs).unref();
    },
    flush,
  };
}
