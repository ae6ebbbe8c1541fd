/** What goes wrong in a soak, and how often in comparison. */
const weights = {
  kill: 3,
  stop: 1,
  freeze: 1,
  'flush-queue': 2,
  'kill-queue': 1,
  'break-queue': 2,
  'break-record': 2,
  'lose-record': 1,
  'slow-record': 1,
  'break-backend': 2,
  'lose-backend': 1,
  'forget-backend': 2,
  'failing-backend': 3,
  'break-telegram': 2,
  'unwell-telegram': 2,
  'slow-telegram': 1,
  'crawling-backend': 1,
  'bad-network': 1,
} as const;

export type SoakFault = keyof typeof weights;

export interface SoakEvent {
  /** Milliseconds from the beginning. */
  readonly atMs: number;
  readonly what:
    | { readonly fault: SoakFault }
    | { readonly person: number; readonly tasks: number };
}

/** A sequence of numbers from 0 to 1 that the seed decides (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface SoakPlan {
  readonly durationMs: number;
  readonly people: number;
  readonly tasks: number;
  /** Milliseconds between two faults, on average. */
  readonly faultEveryMs: number;
}

/** Who asks for what and what breaks when: the same for the same seed, oldest first. */
export function planSoak(plan: SoakPlan, random: () => number): SoakEvent[] {
  const events: SoakEvent[] = [];
  for (let left = plan.tasks; left > 0; ) {
    const tasks = Math.min(left, random() < 0.5 ? 1 : 2 + Math.floor(random() * 9));
    const person = Math.floor(random() * plan.people);
    events.push({ atMs: random() * plan.durationMs * 0.8, what: { person, tasks } });
    left -= tasks;
  }
  const pause = () => plan.faultEveryMs * (0.5 + random());
  for (let atMs = pause(); atMs < plan.durationMs; atMs += pause()) {
    events.push({ atMs, what: { fault: pick(random) } });
  }
  return events.sort((a, b) => a.atMs - b.atMs);
}

function pick(random: () => number): SoakFault {
  const entries = Object.entries(weights) as [SoakFault, number][];
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [fault, weight] of entries) {
    left -= weight;
    if (left < 0) return fault;
  }
  return 'kill';
}
