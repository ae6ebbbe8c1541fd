import type { Timers } from '../../src/chat/cards/wakeup.js';

/** Time that stands still until a test moves it. */
export interface ManualTimers extends Timers {
  readonly now: () => Date;
  /** Runs what falls due, in order, and what comes of it. */
  readonly advance: (milliseconds: number) => Promise<void>;
  /** Lets all that needs no time happen. */
  readonly settle: () => Promise<void>;
}

export function createManualTimers(start = new Date('2026-11-20T12:00:00Z')): ManualTimers {
  let elapsedMs = 0;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    nowMs: () => elapsedMs,
    now: () => new Date(start.getTime() + elapsedMs),
    after: (delayMs, run) => {
      const timer = { at: elapsedMs + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    settle,
    advance: async (milliseconds) => {
      const until = elapsedMs + milliseconds;
      for (;;) {
        await settle();
        const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (!next) break;
        timers.delete(next);
        elapsedMs = next.at;
        next.run();
      }
      elapsedMs = until;
      await settle();
    },
  };
}
