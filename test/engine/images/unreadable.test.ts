import { afterEach, expect, it } from 'vitest';
import { type EngineHarness, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';
import { plain } from './fixtures.js';

let harness: EngineHarness;
afterEach(() => harness.close());

it('declines a result that no decoder takes, so that chat goes on without its picture', async () => {
  const backend = createScriptedBackend();
  const whole = await plain(64, 64).png({ compressionLevel: 0 }).toBuffer();
  const { run } = backend;
  backend.run = async (...args) => {
    const result = await run(...args);
    const bytes = whole.subarray(0, whole.length / 2);
    return { ...result, images: result.images.map((image) => ({ ...image, bytes })) };
  };
  harness = await startEngine([poolOf([backend])]);
  const batchId = await harness.submit(await harness.user('ann'), [{}]);
  const batch = await harness.until(batchId, (view) => view.counts.completed === 1);
  const id = batch.tasks[0]?.images[0]?.id ?? '';
  const declined = { name: 'EngineError', problem: { kind: 'unreadable-image' } };
  await expect(
    harness.engine.readImageWithin(id, { maxBytes: 1_000_000, maxSideSum: 32 }),
  ).rejects.toMatchObject(declined);
  await expect(harness.engine.readGrid([id])).rejects.toMatchObject(declined);
});
