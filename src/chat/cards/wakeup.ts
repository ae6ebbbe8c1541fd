/** Timers as an argument, so that tests need no real time. */
export interface Timers {
  /** Runs once after the delay; the returned function calls it off. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Milliseconds that only ever grow, unlike those of the wall clock. */
  readonly nowMs: () => number;
}

export const systemTimers: Timers = {
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  nowMs: () => performance.now(),
};

/** A loop's way to sleep until something happens. A wake while it is awake is not lost. */
export interface Wakeup {
  wake(): void;
  /** Resolves after the delay, or sooner by a wake. One waiter at a time. */
  wait(delayMs: number): Promise<void>;
}

export function createWakeup(timers: Timers): Wakeup {
  let isPending = false;
  let resume: (() => void) | undefined;
  return {
    wake: () => {
      isPending = true;
      resume?.();
    },
    wait: async (delayMs) => {
      if (!isPending) {
        await new Promise<void>((resolve) => {
          const callOff = timers.after(delayMs, resolve);
          resume = () => {
            callOff();
            resolve();
          };
        });
      }
      resume = undefined;
      isPending = false;
    },
  };
}
