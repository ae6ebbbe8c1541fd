import { afterEach, expect, it } from 'vitest';
import { type EngineHarness, eventually, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend, type ScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

/** Lets runs end one at a time; returns whose they were, in order. */
async function serveInTurn(backend: ScriptedBackend, count: number): Promise<string[]> {
  for (let served = 0; served < count; served += 1) {
    await eventually(() => expect(backend.held.length).toBeGreaterThan(served));
    backend.held[served]?.finish();
  }
  return backend.held.slice(0, count).map(({ request }) => request.prompt);
}

const twelve = (prompt: string) => Array.from({ length: 12 }, () => ({ prompt }));

it('serves by weight: the configured one, and the setting that outdoes it', async () => {
  const backend = createScriptedBackend();
  backend.hold = true;
  harness = await startEngine([poolOf([backend], 1)], {
    weightOf: ({ platformUserId }) => (platformUserId === 'chief' ? 3 : 1),
  });
  const [chief, ann] = [await harness.user('chief'), await harness.user('ann')];
  const batches = [
    await harness.submit(ann, twelve('ann')),
    await harness.submit(chief, twelve('chief')),
  ];
  const first = await serveInTurn(backend, 9);
  expect(first.filter((prompt) => prompt === 'chief').length).toBeGreaterThanOrEqual(6);

  await harness.engine.setWeight(chief.id, 1, { userId: chief.id, manages: true });
  await harness.engine.setWeight(ann.id, 3, { userId: chief.id, manages: true });
  await harness.submit(chief, twelve('chief'));
  const lanes = await harness.db.selectFrom('lanes').select(['userId', 'weight']).execute();
  expect(new Map(lanes.map(({ userId, weight }) => [userId, weight]))).toEqual(
    new Map([
      [chief.id, 1],
      [ann.id, 3],
    ]),
  );
  await expect(
    harness.engine.setWeight(ann.id, 0, { userId: chief.id, manages: true }),
  ).rejects.toMatchObject({ problem: { kind: 'bad-setting', key: 'weight' } });
  for (const id of batches) {
    await harness.engine.cancel(id, { userId: ann.id, manages: true });
  }
});

it('keeps to a hard cap though slots idle', async () => {
  const backend = createScriptedBackend();
  backend.hold = true;
  harness = await startEngine([poolOf([backend], 4)], { limits: { hardRunningTasks: 2 } });
  const [ann, bob] = [await harness.user('ann'), await harness.user('bob')];
  const batchId = await harness.submit(ann, [{}, {}, {}, {}]);
  await eventually(() => expect(backend.held).toHaveLength(2));
  // Whoever comes later finds the idle slots.
  await harness.submit(bob);
  await eventually(() => expect(backend.held).toHaveLength(3));
  expect((await harness.engine.batch(batchId))?.counts).toMatchObject({
    processing: 2,
    pending: 2,
  });
  backend.held[0]?.finish();
  await eventually(() => expect(backend.held).toHaveLength(4));
  backend.hold = false;
  for (const run of backend.held) run.finish();
  await harness.until(batchId, (view) => view.counts.completed === 4);
});
