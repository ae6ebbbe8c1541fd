import { afterEach, expect, it } from 'vitest';
import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import { createGeminiBackend } from '../../../../src/engine/backends/gemini/gemini-backend.js';
import { failureOf, inputImage, startRun } from '../../../contracts/backend-harness.js';
import { generate, startPair } from './gemini-fixture.js';

type Pair = Awaited<ReturnType<typeof startPair>>;
let pair: Pair | undefined;
const open = async (...options: Parameters<typeof startPair>) => {
  pair = await startPair(...options);
  return pair;
};
afterEach(async () => {
  await pair?.close();
  pair = undefined;
});

const run = (backend: Pair['backend'], request: Partial<BackendRequest> = {}) =>
  startRun(backend, { ...generate, ...request }).result;
const finished = (finishReason: string, parts: object[] = []) => ({
  candidates: [{ finishReason, content: { role: 'model', parts } }],
});

it('asks for each image by a call of its own, with a seed of its own', async () => {
  const { server, backend } = await open();
  const started = startRun(backend, { ...generate, count: 4, seed: 2 ** 32 - 2 });
  const { images } = await started.result;
  expect(images.map(({ seed }) => seed)).toEqual([2 ** 32 - 2, 2 ** 32 - 1, 0, 1]);
  expect(server.submissions()).toBe(4);
  expect(new Set(server.orders.map(({ seed }) => seed)).size).toBe(4);
  expect(started.progress.map(({ fraction }) => fraction)).toEqual([0.25, 0.5, 0.75, 1]);
});

it('has no more calls under way than it may, over all runs', async () => {
  const { server, backend } = await open({ parallelCalls: 2 });
  await Promise.all([run(backend, { count: 4 }), run(backend, { count: 3 })]);
  expect(server.submissions()).toBe(7);
  expect(server.mostRunning()).toBeLessThanOrEqual(2);
});

it('keeps the images that came when others of the same run were refused', async () => {
  const { server, backend } = await open({ parallelCalls: 1 });
  server.script(finished('IMAGE_SAFETY'));
  const { images, failures } = await run(backend, { count: 3 });
  expect(images.map(({ seed }) => seed)).toEqual([8, 9]);
  expect(failures).toMatchObject([{ kind: 'moderated' }]);
});

it('tells of several refusals the one that waiting does not mend', async () => {
  const { server, backend } = await open({ parallelCalls: 1 });
  server.fail('POST /v1beta/models', { kind: 'status', status: 500 });
  server.script(finished('SAFETY'));
  server.script(finished('NO_IMAGE'));
  expect(await failureOf(run(backend, { count: 3 }))).toMatchObject({ kind: 'moderated' });
});

it.each([
  [{ width: 16, height: 9 }, '16:9'],
  [{ width: 2.35, height: 1 }, '21:9'],
  [{ width: 1, height: 4 }, '9:16'],
  [{ width: 10, height: 9 }, '1:1'],
])('gets the nearest of the aspects that there are: %o', async (aspect, ratio) => {
  const { server, backend } = await open({ imageSize: '2K' });
  await run(backend, { aspect });
  expect(server.orders[0]).toMatchObject({ aspectRatio: ratio, imageSize: '2K' });
});

it('leaves the shape to the image that it changes', async () => {
  const { server, backend } = await open();
  const image = await inputImage();
  await run(backend, { operation: 'edit', image, references: [image, image, image] });
  expect(server.orders[0]?.aspectRatio).toBeUndefined();
  expect(server.orders[0]?.inputs).toHaveLength(4);
  await run(backend);
  expect(server.orders[1]?.aspectRatio).toBe('1:1');
});

it('takes the last picture of a model that thinks in drafts', async () => {
  const { server, backend } = await open();
  const draft = { thought: true, inlineData: { mimeType: 'image/png', data: 'AAAA' } };
  const image = await inputImage();
  const data = Buffer.from(image.bytes).toString('base64');
  const last = { inlineData: { mimeType: 'image/png', data } };
  server.script(finished('STOP', [draft, { text: 'Here it is.' }, last]));
  const { images } = await run(backend);
  expect(Buffer.from(images[0]?.bytes ?? []).equals(Buffer.from(image.bytes))).toBe(true);
});

it('takes an address that ends in the version of the API', async () => {
  const { server } = await open();
  const { apiKey } = server;
  const backend = createGeminiBackend({ name: 'v', url: `${server.url}/v1beta`, apiKey });
  await run(backend);
  await backend.close();
  expect(server.submissions()).toBe(1);
});

it('lists the models that make images by generateContent, the usual one first', async () => {
  const models = ['gemini-3-pro-image', 'gemini-9-image', 'gemini-3.1-flash-image'];
  const { backend } = await open({}, { models });
  expect((await backend.models()).map(({ id }) => id)).toEqual([
    'gemini-3.1-flash-image',
    'gemini-3-pro-image',
    'gemini-9-image',
  ]);
});
