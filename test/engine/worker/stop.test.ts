import { afterEach, expect, it } from 'vitest';
import { type EngineHarness, eventually, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

const longGraceMs = 600_000;

it('hands a run that can be resumed back at once, however long the grace', async () => {
  const backend = createScriptedBackend('box', { resumable: true });
  harness = await startEngine([poolOf([backend])], { graceMs: longGraceMs });
  backend.hold = true;
  const batchId = await harness.submit(await harness.user('ann'));
  await eventually(() => expect(backend.held).toHaveLength(1));
  await harness.engine.stopWorker();
  expect(backend.detached).toHaveLength(1);

  backend.hold = false;
  harness.another().startWorker();
  await harness.until(batchId, ({ counts }) => counts.completed === 1);
  expect(backend.submissions).toHaveLength(1);
});

it('lets a run end that would have to begin again', async () => {
  const backend = createScriptedBackend('api', { paid: true });
  harness = await startEngine([poolOf([backend])], { graceMs: longGraceMs });
  backend.hold = true;
  const batchId = await harness.submit(await harness.user('ann'));
  await eventually(() => expect(backend.held).toHaveLength(1));
  const stopped = harness.engine.stopWorker();
  backend.held[0]?.finish();
  await stopped;
  const batch = await harness.until(batchId, ({ counts }) => counts.completed === 1);
  expect(batch.tasks[0]?.run).toBe(1);
});
