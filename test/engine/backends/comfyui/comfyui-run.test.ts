import sharp from 'sharp';
import { afterEach, expect, it, vi } from 'vitest';
import type { BackendImage } from '../../../../src/engine/backends/backend.js';
import {
  decode,
  failureOf,
  fingerprint,
  halfDistance,
  inputImage,
  leftHalf,
  startResume,
  startRun,
} from '../../../contracts/backend-harness.js';
import { backendFor, generate, startPair } from './comfyui-fixture.js';

const generous = { timeout: 20_000, interval: 10 };
type Pair = Awaited<ReturnType<typeof startPair>>;
let pair: Pair | undefined;
const open = async (...args: Parameters<typeof startPair>): Promise<Pair> => {
  pair = await startPair(...args);
  return pair;
};
afterEach(async () => {
  await pair?.close();
  pair = undefined;
});

const nodeOf = (graph: ReturnType<Pair['server']['graph']>, type: string) =>
  Object.values(graph).find((node) => node.class_type === type)?.inputs;

it('puts the request into the shipped graph, at the size that the checkpoint was trained for', async () => {
  const { server, backend } = await open({ checkpoints: ['sd_xl_base_1.0.safetensors'] });
  const request = { ...generate, aspect: { width: 16, height: 9 } };
  const result = await startRun(backend, request).result;
  expect(result.model).toBe('sd_xl_base_1.0');
  const graph = server.graph();
  expect(nodeOf(graph, 'CheckpointLoaderSimple')).toEqual({
    ckpt_name: 'sd_xl_base_1.0.safetensors',
  });
  expect(nodeOf(graph, 'KSampler')).toMatchObject({ seed: 42, denoise: 1 });
  expect(nodeOf(graph, 'EmptyLatentImage')).toEqual({ width: 1368, height: 768, batch_size: 1 });
  const texts = Object.values(graph).flatMap(({ inputs }) =>
    'text' in inputs ? [inputs.text] : [],
  );
  expect(texts).toEqual(['a lighthouse at dusk', 'people']);
});

it('makes several images in one batch, of which the first has the seed, the same as alone', async () => {
  const { server, backend } = await open({}, { pixels: { 'tiny-sd15.safetensors': 128 * 128 } });
  const run = startRun(backend, { ...generate, count: 4 });
  const { images } = await run.result;
  expect(images.map((image) => image.seed)).toEqual([42, undefined, undefined, undefined]);
  expect(server.submissions()).toBe(1);
  expect(nodeOf(server.graph(), 'EmptyLatentImage')).toMatchObject({ batch_size: 4 });
  expect(run.progress.at(-1)?.fraction).toBeGreaterThan(0.97);
  const pictures = await Promise.all(images.map(({ bytes }) => fingerprint(bytes)));
  expect(new Set(pictures).size).toBe(4);
  const alone = await startRun(backend, generate).result;
  expect(await fingerprint(alone.images[0]?.bytes ?? new Uint8Array())).toBe(pictures[0]);
});

it('uploads an input image, uses the name that the server gave it, and keeps its aspect', async () => {
  const { server, backend } = await open();
  const image: BackendImage = await inputImage();
  const run = { ...generate, operation: 'edit', image, strength: 0.35 } as const;
  const name = await startRun(backend, run).result.then(() => [...server.uploads.keys()][0] ?? '');
  expect(nodeOf(server.graph(), 'LoadImage')).toEqual({ image: name });
  expect(nodeOf(server.graph(), 'KSampler')).toMatchObject({ denoise: 0.35 });
  expect(nodeOf(server.graph(), 'ImageScale')).toMatchObject({ width: 592, height: 440 });

  // Somebody else's file lies under the name: the server stores ours under another.
  server.uploads.set(name, Buffer.from('another'));
  await startRun(backend, run).result;
  expect(nodeOf(server.graph(1), 'LoadImage')).toEqual({ image: name.replace('.png', ' (1).png') });
});

it('inpaints by a mask that it uploads in black and white, each image with noise of its own', async () => {
  const { server, backend } = await open({}, { pixels: { 'tiny-sd15.safetensors': 128 * 128 } });
  const [image, mask] = [await inputImage(), await leftHalf('transparent')];
  const run = { ...generate, operation: 'inpaint', image, mask, count: 3 } as const;
  const { images } = await startRun(backend, run).result;
  expect(images.map(({ seed }) => seed)).toEqual([42, undefined, undefined]);
  const [first, ...others] = images.map(({ bytes }) => bytes);
  for (const other of others) {
    expect(await halfDistance(other, first ?? other, 'left')).toBeGreaterThan(3);
    expect(await halfDistance(other, first ?? other, 'right')).toBeLessThan(0.1);
  }
  const [, [maskName, uploaded] = ['', Buffer.alloc(0)]] = [...server.uploads];
  expect(Object.values(server.graph())).toContainEqual({
    class_type: 'LoadImage',
    inputs: { image: maskName },
  });
  expect(await sharp(uploaded).stats()).toMatchObject({ isOpaque: true });
  expect(nodeOf(server.graph(), 'KSampler')).toMatchObject({ denoise: 0.85 });
});

it('finds the checkpoints of old versions, which have no list of them by folder', async () => {
  const { backend } = await open({ version: 'old', checkpoints: ['a.ckpt', 'xl/b.safetensors'] });
  expect(await backend.models()).toMatchObject([
    { id: 'a.ckpt', name: 'a' },
    { id: 'xl/b.safetensors', name: 'b' },
  ]);
});

it('names the configured checkpoint first, and runs it by default', async () => {
  const { server, backend } = await open(
    { checkpoints: ['a.safetensors', 'b.safetensors'] },
    { checkpoint: 'b.safetensors' },
  );
  expect((await backend.models()).map((model) => model.id)).toEqual([
    'b.safetensors',
    'a.safetensors',
  ]);
  await startRun(backend, generate).result;
  expect(nodeOf(server.graph(), 'CheckpointLoaderSimple')).toEqual({ ckpt_name: 'b.safetensors' });
});

it('shows previews of both frame types', async () => {
  const { server, backend } = await open();
  const run = startRun(backend, generate);
  await run.result;
  const withMetadata = run.progress.filter((each) => each.preview);
  expect(withMetadata.length).toBeGreaterThan(2);
  await decode(withMetadata[0]?.preview?.bytes ?? new Uint8Array());

  // A server that does not know feature flags sends type 1.
  const legacy = startRun(backendFor(server, { WebSocket: await socketWithoutFeatureFlags() }), {
    ...generate,
    seed: 7,
  });
  await legacy.result;
  expect(legacy.progress.filter((each) => each.preview).length).toBeGreaterThan(2);
});

async function socketWithoutFeatureFlags() {
  const { WebSocket } = await import('ws');
  return class extends WebSocket {
    override send() {
      return super.send('{"type":"hello"}');
    }
  } as typeof WebSocket;
}

it('shows at most two previews a second', async () => {
  let now = 0;
  const { backend } = await open(
    {},
    { clock: { now: () => (now += 10) }, timings: { previewMs: 500, unreachableMs: 1e9 } },
  );
  const run = startRun(backend, generate);
  await run.result;
  const previews = run.progress.filter((each) => each.preview).length;
  expect(previews).toBeGreaterThan(0);
  expect(previews).toBeLessThanOrEqual(now / 500 + 1);
});

it('goes on after its socket dropped, with progress, and submits nothing again', async () => {
  const { server, backend } = await open({ stepMs: 5 });
  server.execution.hold();
  const run = startRun(backend, generate);
  await server.began();
  server.dropSockets();
  await vi.waitFor(() => expect(server.clientIds.length).toBe(2), generous);
  const before = run.progress.length;
  server.execution.release();
  await run.result;
  expect(run.progress.slice(before).filter((each) => each.preview).length).toBeGreaterThan(2);
  expect(server.submissions()).toBe(1);
});

it('opens its socket anew when the server has forgotten it over an older one', async () => {
  const { server, backend } = await open({ stepMs: 5 });
  server.execution.hold();
  const run = startRun(backend, generate);
  await server.began();
  await server.dropSocketsLate();
  await vi.waitFor(() => expect(server.clientIds.length).toBe(3), generous);
  const before = run.progress.length;
  server.execution.release();
  await run.result;
  expect(run.progress.length).toBeGreaterThan(before + 2);
});

it('gives every run a client id of its own', async () => {
  const { server, backend } = await open();
  await startRun(backend, generate).result;
  await startRun(backend, { ...generate, seed: 1 }).result;
  expect(new Set(server.clientIds).size).toBe(2);
});

it('needs no socket to finish', async () => {
  const { server, backend } = await open({}, { timings: { socketOpenMs: 50 } });
  const refusing = await import('ws').then(
    ({ WebSocket }) =>
      class extends WebSocket {
        constructor() {
          super('ws://127.0.0.1:1/nowhere');
        }
      } as unknown as typeof WebSocket,
  );
  await backend.close();
  const deaf = backendFor(server, { WebSocket: refusing, timings: { socketOpenMs: 50 } });
  const { images } = await startRun(deaf, generate).result;
  expect(images).toHaveLength(1);
  await deaf.close();
});

it('takes a run up again from the handle that it saved, with its progress', async () => {
  const { server, backend } = await open({ stepMs: 5 });
  server.execution.hold();
  const run = startRun(backend, generate);
  await server.began();
  await backend.close();
  await failureOf(run.result);
  const successor = backendFor(server);
  const resumed = startResume(successor, run.handles.at(-1) ?? {}, generate);
  await vi.waitFor(() => expect(server.clientIds.length).toBe(2), generous);
  server.execution.release();
  expect((await resumed.result).images).toHaveLength(1);
  expect(resumed.progress.filter((each) => each.preview).length).toBeGreaterThan(2);
  expect(server.submissions()).toBe(1);
  await successor.close();
});

it('takes up a run that has ended meanwhile', async () => {
  const { server, backend } = await open();
  const run = startRun(backend, generate);
  const { images } = await run.result;
  const again = await startResume(backend, run.handles[0] ?? {}, generate).result;
  expect(again.images).toEqual(images);
  expect(server.submissions()).toBe(1);
});

it('keeps the id that an old version gave the run', async () => {
  const { server, backend } = await open({ version: 'old' });
  server.execution.hold();
  const run = startRun(backend, generate);
  await server.began();
  await vi.waitFor(() => expect(run.handles).toHaveLength(2), generous);
  expect(run.handles[1]?.promptId).toBe(server.execution.running?.id);
  server.execution.release();
  expect((await run.result).images).toHaveLength(1);
});

it('shows a run that waits behind others at the server as alive', async () => {
  const { server, backend } = await open();
  server.execution.hold();
  const first = startRun(backend, generate);
  await server.began();
  const second = startRun(backend, { ...generate, seed: 5 });
  await vi.waitFor(() => expect(second.progress.length).toBeGreaterThan(3), generous);
  expect(new Set(second.progress.map((each) => each.fraction))).toEqual(new Set([0]));
  server.execution.release();
  await Promise.all([first.result, second.result]);
});

it('sends the operator’s header with every call, and no Origin', async () => {
  const { server, backend } = await open(
    { requiredHeader: ['X-Key', 'open sesame'] },
    { headers: { 'X-Key': 'open sesame' } },
  );
  const run = startRun(backend, { ...generate, operation: 'edit', image: await inputImage() });
  await run.result;
  expect(run.progress.length).toBeGreaterThan(2);
  for (const call of server.calls) expect(call.headers.origin).toBeUndefined();
});
