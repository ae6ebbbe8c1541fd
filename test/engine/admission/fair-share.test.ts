import { describe, expect, it } from 'vitest';
import {
  advance,
  countAhead,
  type Lane,
  pickLane,
} from '../../../src/engine/admission/fair-share.js';

const caps = { whileOthersWait: 3, hard: null };

function laneOf(userId: string, change: Partial<Lane> = {}): Lane {
  return { userId, virtualTime: 0, weight: 1, running: 0, ...change };
}

/** Serves tasks one at a time until all lanes are empty; returns who was served, in order. */
function serve(waiting: Map<string, number>, lanes: Map<string, Lane>): string[] {
  const order: string[] = [];
  for (;;) {
    const open = [...lanes.values()].filter((lane) => (waiting.get(lane.userId) ?? 0) > 0);
    const lane = pickLane(open, caps);
    if (!lane) return order;
    order.push(lane.userId);
    waiting.set(lane.userId, (waiting.get(lane.userId) ?? 0) - 1);
    lanes.set(lane.userId, { ...lane, virtualTime: advance(lane) });
  }
}

describe('fair share', () => {
  it('alternates between users, however much one of them has waiting', () => {
    const waiting = new Map([
      ['ann', 50],
      ['bob', 2],
    ]);
    const lanes = new Map(['ann', 'bob'].map((user) => [user, laneOf(user)]));
    const order = serve(waiting, lanes);
    expect(order).toHaveLength(52);
    expect(order.indexOf('bob')).toBeLessThanOrEqual(1);
    expect(order.lastIndexOf('bob')).toBeLessThanOrEqual(3);
  });

  it('serves by weight', () => {
    const waiting = new Map([
      ['ann', 40],
      ['bob', 40],
    ]);
    const lanes = new Map([
      ['ann', laneOf('ann', { weight: 3 })],
      ['bob', laneOf('bob')],
    ]);
    const first = serve(waiting, lanes).slice(0, 20);
    expect(first.filter((user) => user === 'ann')).toHaveLength(15);
  });

  it('holds a user at the cap only while another could go', () => {
    const capped = laneOf('ann', { running: 3, virtualTime: 0 });
    const other = laneOf('bob', { running: 0, virtualTime: 9 });
    expect(pickLane([capped, other], caps)?.userId).toBe('bob');
    expect(pickLane([capped], caps)?.userId).toBe('ann');
    expect(pickLane([], caps)).toBeUndefined();
  });

  it('lets slots idle for a hard cap alone', () => {
    const busy = laneOf('ann', { running: 5 });
    expect(pickLane([busy], { whileOthersWait: 3, hard: 5 })).toBeUndefined();
    expect(pickLane([busy], { whileOthersWait: 3, hard: 6 })?.userId).toBe('ann');
  });

  it('tells the position that the order then keeps', () => {
    let seed = 11;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return seed % below;
    };
    for (let round = 0; round < 200; round += 1) {
      const users = Array.from({ length: 1 + random(5) }, (_, index) => `user${index}`);
      const waiting = new Map(users.map((user) => [user, 1 + random(6)]));
      const lanes = new Map(
        users.map((user) => [
          user,
          laneOf(user, { virtualTime: random(40) / 8, weight: 1 + random(3) }),
        ]),
      );
      const mine = users[0] ?? '';
      const own = lanes.get(mine) as Lane;
      const others = users.slice(1).map((user) => ({
        ...(lanes.get(user) as Lane),
        waiting: waiting.get(user) ?? 0,
      }));
      const ahead = countAhead({ ...own, ahead: 0 }, others);
      const order = serve(new Map(waiting), new Map(lanes));
      const actual = order.indexOf(mine);
      // A tie may go either way: the position told is the later of the two.
      expect(actual).toBeLessThanOrEqual(ahead);
      const ties = others.filter(
        (lane) => ((own.virtualTime - lane.virtualTime) * lane.weight) % 1 === 0,
      ).length;
      expect(ahead - actual).toBeLessThanOrEqual(ties);
    }
  });
});
