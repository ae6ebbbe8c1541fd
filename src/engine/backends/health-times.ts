/** Milliseconds. */
export interface HealthTimes {
  /** Between two checks of an instance that answers. */
  readonly checkEveryMs: number;
  /** The same while it does not. */
  readonly recheckMs: number;
  /** A check without an answer for so long has failed. */
  readonly timeoutMs: number;
  /** Checks that fail for so long end the runs that have been silent as long. */
  readonly deadAfterMs: number;
  /** How long an instance rests that answers checks and fails runs; twice as long each further time. */
  readonly restMs: number;
}

/** An instance that hangs from one moment on is dead after 4 + 4 + 1 + 4 = 13 s at the latest. */
export const defaultHealthTimes: HealthTimes = {
  checkEveryMs: 4_000,
  recheckMs: 1_000,
  timeoutMs: 4_000,
  deadAfterMs: 8_000,
  restMs: 3_000,
};
