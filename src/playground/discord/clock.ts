/** The playground's time, in milliseconds since 1970. Every limit with a duration reads it. */
export interface Clock {
  now(): number;
}

export interface AdjustableClock extends Clock {
  /** Moves time forward, so that a test reaches a token's end without waiting for it. */
  advance(milliseconds: number): void;
}

export function createClock(): AdjustableClock {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    advance(milliseconds) {
      if (!(milliseconds >= 0)) throw new RangeError(`time runs forward only: ${milliseconds} ms`);
      aheadMs += milliseconds;
    },
  };
}
