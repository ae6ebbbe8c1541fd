import { afterEach, expect, it } from 'vitest';
import type { RunningEngine } from '../../../../src/engine/create-engine.js';
import { startComfyUiServer } from '../../../support/comfyui-server.js';
import { type EngineHarness, poolOf, startEngine } from '../../../support/engine.js';
import { backendFor } from './comfyui-fixture.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function progressOf({ onProgress }: Pick<RunningEngine, 'onProgress'>): Promise<void> {
  return new Promise((resolve) => onProgress(() => resolve()));
}

it.each(['0.3.64', 'old'] as const)(
  'never runs a task twice over 20 restarts of Easel in the middle of its run, on ComfyUI %s',
  async (version) => {
    const server = await startComfyUiServer({ version, shrink: 8 });
    closers.push(server.close);
    const open = () => {
      const backend = backendFor(server);
      closers.push(backend.close);
      return [poolOf([backend])];
    };
    const harness: EngineHarness = await startEngine(open());
    closers.push(harness.close);
    server.execution.hold();
    // Asked for beforehand: a run that is held tells of itself but once.
    let isUnderWay = progressOf(harness.engine);
    const batchId = await harness.submit(await harness.user('ann'), [{ count: 2 }]);
    await server.began();

    let engine = harness.engine;
    for (let restart = 0; restart < 20; restart++) {
      await isUnderWay;
      await engine.stopWorker();
      engine = harness.another({ pools: open() });
      isUnderWay = progressOf(engine);
      engine.startWorker();
    }
    server.execution.release();
    const batch = await harness.until(batchId, ({ counts }) => counts.completed === 1);
    expect(batch.tasks[0]?.images).toHaveLength(2);
    expect(server.submissions()).toBe(1);
    expect(server.stops()).toBe(0);
    expect(Object.keys(server.execution.history)).toHaveLength(1);
  },
  240_000,
);
