import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunJob, RunQueue } from '../../src/engine/queue/run-queue.js';
import { eventually } from '../support/engine.js';

export interface QueueHarness {
  /** Another connection to the same queue, as a second process has. */
  readonly open: () => RunQueue;
  readonly close: () => Promise<void>;
}

/** What the engine counts on, whatever carries its runs. */
export function describeQueueContract(name: string, start: () => Promise<QueueHarness>): void {
  describe(`the queue contract on ${name}`, () => {
    let harness: QueueHarness;
    let queue: RunQueue;
    const opened: RunQueue[] = [];
    const open = () => {
      const one = harness.open();
      opened.push(one);
      return one;
    };
    beforeEach(async () => {
      harness = await start();
      queue = open();
      await queue.ready();
    });
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await harness.close();
    });

    const job = (taskId: string, run = 1): RunJob => ({ taskId, run });

    it('carries every run to a worker', async () => {
      const seen: string[] = [];
      queue.work(async ({ taskId }) => {
        seen.push(taskId);
      }, 4);
      const names = Array.from({ length: 30 }, (_, index) => `task${index}`);
      await Promise.all(names.map((taskId) => queue.add(job(taskId))));
      await eventually(() => expect([...seen].sort()).toEqual([...names].sort()));
    });

    it('makes one job of the same run added twice, and another of the next run', async () => {
      await queue.add(job('a'));
      await queue.add(job('a'));
      await queue.add(job('a', 2));
      const seen: number[] = [];
      queue.work(async ({ run }) => {
        seen.push(run);
      }, 1);
      await eventually(() => expect([...seen].sort()).toEqual([1, 2]));
      await queue.add(job('b'));
      await eventually(() => expect(seen).toHaveLength(3));
    });

    it('knows what waits and what is at work, and forgets what is over', async () => {
      expect(await queue.has(job('a'))).toBe(false);
      await queue.add(job('a'));
      expect(await queue.has(job('a'))).toBe(true);
      let finish = () => {};
      const held = new Promise<void>((resolve) => {
        finish = resolve;
      });
      let begun = false;
      queue.work(async () => {
        begun = true;
        await held;
      }, 1);
      await eventually(() => expect(begun).toBe(true));
      expect(await queue.has(job('a'))).toBe(true);
      finish();
      await eventually(async () => expect(await queue.has(job('a'))).toBe(false));
    });

    it('takes the same run again after it was worked: it holds no history', async () => {
      let count = 0;
      queue.work(async () => {
        count += 1;
      }, 1);
      await queue.add(job('a'));
      await eventually(async () => {
        expect(count).toBe(1);
        expect(await queue.has(job('a'))).toBe(false);
      });
      await queue.add(job('a'));
      await eventually(() => expect(count).toBe(2));
    });

    it('never runs more at once than a worker was given', async () => {
      const running: (() => void)[] = [];
      let most = 0;
      queue.work(async () => {
        const ended = new Promise<void>((resolve) => running.push(resolve));
        most = Math.max(most, running.length);
        await ended;
      }, 3);
      await Promise.all(Array.from({ length: 15 }, (_, index) => queue.add(job(`t${index}`))));
      // Each end makes room for one more, and the last three go alone.
      for (let left = 15; left > 0; left -= 1) {
        await eventually(() => expect(running).toHaveLength(Math.min(3, left)));
        running.shift()?.();
      }
      expect(most).toBe(3);
    });

    it('shares its runs with a second process, and none is worked twice', async () => {
      const other = open();
      await other.ready();
      const seen: string[] = [];
      const handle = async ({ taskId }: RunJob) => {
        seen.push(taskId);
      };
      queue.work(handle, 2);
      other.work(handle, 2);
      const names = Array.from({ length: 20 }, (_, index) => `task${index}`);
      for (const taskId of names) await queue.add(job(taskId));
      await eventually(() => expect(seen).toHaveLength(20));
      expect(new Set(seen).size).toBe(20);
    });

    it('lets what is at work end when it drains, and leaves the rest to others', async () => {
      let finish = () => {};
      const held = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const seen: string[] = [];
      const worker = queue.work(async ({ taskId }) => {
        seen.push(taskId);
        await held;
      }, 1);
      await queue.add(job('a'));
      await queue.add(job('b'));
      await eventually(() => expect(seen).toEqual(['a']));
      const drained = worker.drain();
      finish();
      await drained;
      expect(seen).toEqual(['a']);
      const other = open();
      await other.ready();
      other.work(async ({ taskId }) => {
        seen.push(taskId);
      }, 1);
      await eventually(() => expect(seen).toEqual(['a', 'b']));
    });

    it('survives a handler that throws', async () => {
      const seen: string[] = [];
      queue.work(async ({ taskId }) => {
        seen.push(taskId);
        if (taskId === 'bad') throw new Error('planted');
      }, 1);
      await queue.add(job('bad'));
      await queue.add(job('good'));
      await eventually(() => expect(seen).toContain('good'));
    });
  });
}
