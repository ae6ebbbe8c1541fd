import { describe, expect, it } from 'vitest';
import { planAdmission, type WaitingLane } from '../../../src/engine/admission/admission-plan.js';
import { advance, pickLane } from '../../../src/engine/admission/fair-share.js';

const caps = { whileOthersWait: 3, hard: null };

function laneOf(userId: string, tasks: number, change: Partial<WaitingLane> = {}): WaitingLane {
  return {
    userId,
    virtualTime: 0,
    weight: 1,
    running: 0,
    tasks: Array.from({ length: tasks }, (_, n) => ({ id: `${userId}${n}`, pinnedInstance: null })),
    ...change,
  };
}

describe('an admission plan', () => {
  it('gives several slots to whom they would be given one after the other', () => {
    let seed = 3;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    for (let round = 0; round < 300; round += 1) {
      const lanes = Array.from({ length: 1 + random(6) }, (_, index) =>
        laneOf(`user${index}-`, 1 + random(4), {
          virtualTime: random(40) / 8,
          weight: 1 + random(3),
          running: random(4),
        }),
      );
      const slots = Array.from({ length: random(8) }, () => 'box');
      const hard = random(2) ? 4 : null;
      const plan = planAdmission(lanes, slots, { whileOthersWait: 2, hard });
      const left = new Map(lanes.map((lane) => [lane.userId, lane]));
      const expected: string[] = [];
      for (const _ of slots) {
        const open = [...left.values()].filter(({ tasks }) => tasks.length > 0);
        const lane = pickLane(open, { whileOthersWait: 2, hard });
        if (!lane) break;
        const [task, ...tasks] = lane.tasks;
        expected.push(task?.id ?? '');
        const virtualTime = advance(lane);
        left.set(lane.userId, { ...lane, tasks, virtualTime, running: lane.running + 1 });
      }
      expect(plan.admitted.map(({ taskId }) => taskId)).toEqual(expected);
      for (const { userId, virtualTime } of plan.served) {
        expect(virtualTime).toBe(left.get(userId)?.virtualTime);
      }
    }
  });

  it('fills the instances in the order of their slots', () => {
    const plan = planAdmission([laneOf('ann', 3)], ['a', 'b', 'a'], caps);
    expect(plan.admitted.map(({ instance }) => instance)).toEqual(['a', 'b', 'a']);
  });

  it('keeps a pinned task for its instance, and lets the next of its lane go before it', () => {
    const tasks = [
      { id: 'pinned', pinnedInstance: 'b' },
      { id: 'also pinned', pinnedInstance: 'b' },
      { id: 'free', pinnedInstance: null },
    ];
    const plan = planAdmission([laneOf('ann', 0, { tasks })], ['a', 'b'], caps);
    expect(plan.admitted).toEqual([
      { taskId: 'pinned', instance: 'b' },
      { taskId: 'free', instance: 'a' },
    ]);
  });

  it('serves nobody where nothing is free', () => {
    const plan = planAdmission([laneOf('ann', 2)], [], caps);
    expect(plan).toEqual({ admitted: [], served: [], virtualTime: 0 });
  });
});
