import type { Servers } from './services.js';

/** What every part of the bench is given. */
export interface BenchContext {
  readonly servers: Servers;
  /** True: fewer tasks in each round, and smaller queues. */
  readonly quick: boolean;
  /** Whether a part that began then has had its share of a quick run's time. */
  readonly hadItsShare: (beganAtMs: number) => boolean;
  /** Says on the terminal what is being measured. */
  readonly say: (text: string) => void;
}

/** Rounds of floor and Easel in turn. */
export const rounds = 5;
