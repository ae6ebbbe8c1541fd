import type { Logger } from 'pino';

const longestDelayMs = 30_000;

/** 0.5 s after the first failure, then twice as long each time, 30 s at most. */
export function backoffMs(failures: number): number {
  return Math.min(longestDelayMs, 500 * 2 ** Math.min(failures - 1, 10));
}

/** Says once that something is away, again when the reason changes, and when it is back. */
export interface OutageLog {
  goesOn(reason: string): void;
  ended(): void;
}

export function createOutageLog(log: Logger, what: string): OutageLog {
  let lastReason: string | undefined;
  return {
    goesOn(reason) {
      if (reason !== lastReason) log.warn(`${what}: ${reason}; trying again`);
      lastReason = reason;
    },
    ended() {
      if (lastReason !== undefined) log.info(`${what}: over`);
      lastReason = undefined;
    },
  };
}
