import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/engine/images/image-gate.js';

describe('createGate', () => {
  it('lets no more than its limit run at once, and everyone in the end', async () => {
    const gate = createGate(2);
    let running = 0;
    let highest = 0;
    const work = async () => {
      highest = Math.max(highest, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    };
    await Promise.all(Array.from({ length: 9 }, () => gate.run(work)));
    expect(highest).toBe(2);
  });

  it('goes on after a piece of work that failed', async () => {
    const gate = createGate(1);
    const failing = gate.run(async () => {
      throw new Error('broken');
    });
    const next = gate.run(async () => 'done');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });

  it('lets a waiter go that was given up, without losing a place', async () => {
    const gate = createGate(1);
    let finish = () => {};
    const first = gate.run(() => new Promise<void>((resolve) => (finish = resolve)));
    const controller = new AbortController();
    let ran = false;
    const second = gate.run(async () => {
      ran = true;
    }, controller.signal);
    const third = gate.run(async () => 'third');
    controller.abort('cancel');
    await expect(second).rejects.toBe('cancel');
    finish();
    await first;
    expect(await third).toBe('third');
    expect(ran).toBe(false);
  });
});
