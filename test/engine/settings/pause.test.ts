import { afterEach, expect, it } from 'vitest';
import { type EngineHarness, eventually, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

it('lets what runs go on, begins nothing else, says so on cards, and goes on after resume', async () => {
  const backend = createScriptedBackend();
  backend.hold = true;
  harness = await startEngine([poolOf([backend], 1)]);
  const ann = await harness.user('ann');
  const admin = { userId: ann.id, manages: true };
  const running = await harness.submit(ann);
  await eventually(() => expect(backend.held).toHaveLength(1));
  const waiting = await harness.submit(ann);

  const [paused] = await harness.engine.pausePool(undefined, admin);
  expect(paused).toMatchObject({ name: 'main', paused: true, concurrency: 1 });
  backend.held[0]?.finish();
  await harness.until(running, (view) => view.counts.completed === 1);
  const told = await harness.until(waiting, (view) => view.tasks[0]?.waitsFor != null);
  expect(told.tasks[0]?.waitsFor).toEqual({ reason: 'paused', until: null });
  // Accepted as ever, and told at once.
  const later = await harness.submit(ann);
  await harness.until(later, (view) => view.tasks[0]?.waitsFor?.reason === 'paused');
  expect(backend.submissions).toHaveLength(1);

  backend.hold = false;
  const [resumed] = await harness.engine.resumePool('main', admin);
  expect(resumed?.paused).toBe(false);
  await harness.until(waiting, (view) => view.counts.completed === 1);
  await harness.until(later, (view) => view.counts.completed === 1);
  const audit = await harness.db.selectFrom('audit').select('details').orderBy('id').execute();
  expect(audit.map(({ details }) => details)).toEqual([
    { key: 'paused.main', before: null, after: true },
    { key: 'paused.main', before: true, after: false },
  ]);
});

it('is in force in other processes', async () => {
  const backend = createScriptedBackend();
  harness = await startEngine([poolOf([backend])]);
  const other = harness.another();
  other.startWorker();
  const ann = await harness.user('ann');
  await other.pausePool('main', { userId: ann.id, manages: true });
  const batchId = await harness.submit(ann);
  await harness.until(batchId, (view) => view.tasks[0]?.waitsFor?.reason === 'paused');
  await harness.engine.resumePool('main', { userId: ann.id, manages: true });
  await harness.until(batchId, (view) => view.counts.completed === 1);
});

it('names the pools there are where one is unknown', async () => {
  harness = await startEngine([poolOf([createScriptedBackend()])]);
  const ann = await harness.user('ann');
  await expect(
    harness.engine.pausePool('mian', { userId: ann.id, manages: true }),
  ).rejects.toMatchObject({ problem: { kind: 'unknown-pool', pools: ['main'] } });
});
