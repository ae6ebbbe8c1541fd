import { describe, expect, it } from 'vitest';
import { advance, pickLane, type UserCaps } from '../../../src/engine/admission/fair-share.js';

const uncapped: UserCaps = { whileOthersWait: Number.POSITIVE_INFINITY, hard: null };

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface SimulatedLane {
  readonly userId: string;
  readonly weight: number;
  virtualTime: number;
  waiting: number;
  running: number;
  admitted: number;
}

interface Load {
  readonly weights: readonly number[];
  readonly concurrency: number;
  readonly caps: UserCaps;
  readonly arrivals: readonly {
    readonly at: number;
    readonly user: number;
    readonly tasks: number;
  }[];
  readonly durationOf: () => number;
}

/** Runs a pool's lanes through a load, as admission and the lanes' triggers do. */
function simulate(
  load: Load,
  onAdmission: (lanes: readonly SimulatedLane[], user: number) => void,
) {
  const lanes = load.weights.map(
    (weight, index): SimulatedLane => ({
      userId: `user${index}`,
      weight,
      virtualTime: 0,
      waiting: 0,
      running: 0,
      admitted: 0,
    }),
  );
  let poolVirtualTime = 0;
  const endings: { at: number; lane: SimulatedLane }[] = [];
  const arrivals = [...load.arrivals].sort((a, b) => a.at - b.at);

  const admit = (now: number) => {
    while (endings.length < load.concurrency) {
      const open = lanes.filter(({ waiting }) => waiting > 0);
      const lane = pickLane(open, load.caps);
      if (!lane) {
        if (load.caps.hard === null && open.length > 0) throw new Error('A slot idles');
        return;
      }
      poolVirtualTime = Math.max(poolVirtualTime, lane.virtualTime);
      lane.virtualTime = advance(lane);
      lane.waiting -= 1;
      lane.running += 1;
      lane.admitted += 1;
      endings.push({ at: now + load.durationOf(), lane });
      onAdmission(lanes, lanes.indexOf(lane));
    }
  };

  while (arrivals.length > 0 || endings.length > 0) {
    endings.sort((a, b) => a.at - b.at);
    const [ending] = endings;
    const [arrival] = arrivals;
    if (arrival && (!ending || arrival.at <= ending.at)) {
      arrivals.shift();
      const lane = lanes[arrival.user] as SimulatedLane;
      if (lane.waiting === 0) lane.virtualTime = Math.max(lane.virtualTime, poolVirtualTime);
      lane.waiting += arrival.tasks;
      admit(arrival.at);
    } else if (ending) {
      endings.shift();
      ending.lane.running -= 1;
      admit(ending.at);
    }
  }
  return lanes;
}

function randomLoad(random: () => number, caps: UserCaps): Load {
  const below = (limit: number) => Math.floor(random() * limit);
  const weights = Array.from({ length: 2 + below(6) }, () => 1 + below(40) / 10);
  return {
    weights,
    caps,
    concurrency: 1 + below(6),
    durationOf: () => 0.1 + 10 * random() ** 4,
    arrivals: Array.from({ length: 20 + below(60) }, () => ({
      at: 60 * random(),
      user: below(weights.length),
      tasks: random() < 0.2 ? 1 + below(50) : 1,
    })),
  };
}

const seeds = Array.from({ length: 150 }, (_, index) => 1_000 + index);

describe('start-time fair queueing', () => {
  /**
   * Of two who both have tasks waiting all the while, neither gets ahead of the other by more than
   * one task of each, by weight, in whatever part of that while (theorem 1 of the paper).
   */
  it('keeps its bound over random arrivals, weights and durations', () => {
    let together = 0;
    for (const seed of seeds) {
      /** Lead of the first over the second since both have been waiting: its range so far. */
      const leads = new Map<string, { lead: number; least: number; most: number }>();
      let worst = 0;
      simulate(randomLoad(randomOf(seed), uncapped), (lanes, served) => {
        for (let first = 0; first < lanes.length; first += 1) {
          for (let second = first + 1; second < lanes.length; second += 1) {
            const [a, b] = [lanes[first] as SimulatedLane, lanes[second] as SimulatedLane];
            const key = `${first} ${second}`;
            const range = leads.get(key) ?? { lead: 0, least: 0, most: 0 };
            // A task that left nobody waiting was served while its lane was still waiting.
            if (served === first) range.lead += 1 / a.weight;
            if (served === second) range.lead -= 1 / b.weight;
            range.least = Math.min(range.least, range.lead);
            range.most = Math.max(range.most, range.lead);
            const bound = 1 / a.weight + 1 / b.weight;
            const wereBoth =
              (a.waiting > 0 || served === first) && (b.waiting > 0 || served === second);
            if (wereBoth && leads.has(key)) {
              together += 1;
              worst = Math.max(worst, (range.most - range.least) / bound);
            }
            if (a.waiting > 0 && b.waiting > 0) leads.set(key, leads.has(key) ? range : begin());
            else leads.delete(key);
          }
        }
      });
      expect(worst, `seed ${seed}`).toBeLessThanOrEqual(1 + 1e-9);
    }
    expect(together).toBeGreaterThan(10_000);
  });

  it('lets no slot idle while anything waits, caps or not, and serves all', () => {
    for (const seed of seeds) {
      const load = randomLoad(randomOf(seed), { whileOthersWait: 3, hard: null });
      const lanes = simulate(load, () => {});
      const wanted = load.arrivals.reduce((sum, { tasks }) => sum + tasks, 0);
      expect(
        lanes.reduce((sum, { admitted }) => sum + admitted, 0),
        `seed ${seed}`,
      ).toBe(wanted);
    }
  });

  it('never lets a hard cap be passed', () => {
    for (const seed of seeds) {
      const load = randomLoad(randomOf(seed), { whileOthersWait: 3, hard: 2 });
      let most = 0;
      simulate(load, (lanes) => {
        most = Math.max(most, ...lanes.map(({ running }) => running));
      });
      expect(most, `seed ${seed}`).toBeLessThanOrEqual(2);
    }
  });

  it('lets a single task wait for at most three of a batch of fifty', () => {
    for (const seed of seeds) {
      const random = randomOf(seed);
      const others = Array.from({ length: 9 }, (_, index) => ({
        at: 1 + 20 * random(),
        user: index + 1,
        tasks: 1,
      }));
      /** Of each who waits, the tasks of the batch that were admitted meanwhile. */
      const passedBy = new Map<number, number>();
      simulate(
        {
          weights: Array.from({ length: 10 }, () => 1),
          concurrency: 2,
          caps: { whileOthersWait: 3, hard: null },
          arrivals: [{ at: 0, user: 0, tasks: 50 }, ...others],
          durationOf: () => 0.5 + random(),
        },
        (lanes, served) => {
          for (const [user, { waiting }] of lanes.entries()) {
            if (user === 0) continue;
            if (waiting === 0) passedBy.delete(user);
            else passedBy.set(user, (passedBy.get(user) ?? 0) + (served === 0 ? 1 : 0));
          }
          // Beside the two that may be running.
          expect(Math.max(0, ...passedBy.values()), `seed ${seed}`).toBeLessThanOrEqual(1);
        },
      );
    }
  });
});

function begin() {
  return { lead: 0, least: 0, most: 0 };
}
