import sharp from 'sharp';
import { afterEach, expect, it } from 'vitest';
import { joined } from '../../../src/engine/images/file-pieces.js';
import { imageIdIn, readTexts } from '../../../src/engine/images/metadata/image-metadata.js';
import { type EngineHarness, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';
import { noise } from './fixtures.js';

let harness: EngineHarness;
afterEach(() => harness.close());

const parameters = { steps: 25, sampler: 'dpmpp_2m', cfg: 7 };
const workflowHash = 'c0ffee'.repeat(10);
const preset = { scopeId: 'global', name: 'anime', version: 3 };

async function imageOf(options: Parameters<typeof startEngine>[1] = {}) {
  const backend = createScriptedBackend();
  const run = backend.run;
  backend.run = async (...args) => {
    const result = await run(...args);
    const bytes = await noise(64, 64).png().toBuffer();
    const images = result.images.map((image) => ({ ...image, bytes }));
    return { ...result, images, parameters, workflowHash };
  };
  harness = await startEngine([poolOf([backend])], options);
  const ann = await harness.user('ann');
  const batchId = await harness.submit(ann, [{ prompt: 'a fox', seed: 7, count: 2, preset }]);
  const batch = await harness.until(batchId, (view) => view.counts.completed === 1);
  const images = batch.tasks[0]?.images ?? [];
  const [first = { id: '' }, second = { id: '' }] = images;
  return { batchId, first, second };
}

it('keeps with each image how it was made: in the record, and in its file', async () => {
  const { first, second } = await imageOf();
  const rows = await harness.db
    .selectFrom('images')
    .select(['id', 'parameters', 'workflowHash', 'byteLength'])
    .orderBy('index')
    .execute();
  expect(rows).toMatchObject([
    { id: first.id, parameters, workflowHash },
    { id: second.id, parameters, workflowHash },
  ]);
  const { bytes } = await harness.engine.readImage(second.id);
  expect(bytes.byteLength).toBe(rows[1]?.byteLength);
  const texts = readTexts(bytes);
  expect(JSON.parse(texts?.easel ?? '')).toEqual({
    image: second.id,
    width: 64,
    height: 64,
    seed: 8,
    operation: 'generate',
    prompt: 'a fox',
    model: 'Scripted model',
    preset: { name: 'anime', version: 3 },
    workflow: workflowHash,
    parameters,
  });
  expect(texts?.parameters).toBe(
    'a fox\nSteps: 25, Sampler: dpmpp_2m, CFG scale: 7, Seed: 8, Size: 64x64, ' +
      'Model: Scripted model, Version: Easel',
  );
});

it('finds the batch of a file that it made, and of no other', async () => {
  const { batchId, first } = await imageOf();
  const { bytes } = await harness.engine.readImage(first.id);
  expect((await harness.engine.batchOfFile(bytes))?.id).toBe(batchId);
  expect(await harness.engine.batchOfFile(await sharp(bytes).png().toBuffer())).toBeUndefined();
  expect(await harness.engine.batchOfFile(Buffer.from('not an image'))).toBeUndefined();
  const owner = (await harness.engine.batch(batchId))?.owner;
  await harness.engine.remove(batchId, { userId: owner?.id ?? '', manages: false });
  expect(await harness.engine.batchOfFile(bytes)).toBeUndefined();
});

it.each([
  [{ maxBytes: 6_000 }, 'image/webp'],
  [{ maxBytes: 1_000_000, maxSideSum: 64 }, 'image/webp'],
])('finds it too in what was made smaller for a platform: %o', async (fit, mediaType) => {
  const { batchId, first } = await imageOf();
  const fitted = await harness.engine.readImageWithin(first.id, fit);
  expect(fitted).toMatchObject({ mediaType, changed: true });
  const bytes = joined(fitted.pieces);
  expect(bytes.byteLength).toBeLessThanOrEqual(fit.maxBytes);
  expect((await harness.engine.batchOfFile(bytes))?.id).toBe(batchId);
});

it('writes nothing into files where the operator does not want it', async () => {
  const { first } = await imageOf({ imageMetadata: 'strip' });
  const { bytes } = await harness.engine.readImage(first.id);
  expect(imageIdIn(bytes)).toBeUndefined();
  expect((await sharp(bytes).metadata()).comments).toBeUndefined();
});
