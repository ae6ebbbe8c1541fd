import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type {
  BackendProgress,
  BackendRequest,
  Operation,
} from '../../src/engine/backends/backend.js';
import {
  type BackendHarness,
  decode,
  failureOf,
  fingerprint,
  halfDistance,
  imageDistance,
  inputImage,
  leftHalf,
  nextTurn,
  startResume,
  startRun,
  timers,
} from './backend-harness.js';

import { describeServiceFailures } from './service-failures.js';

export type { BackendHarness } from './backend-harness.js';

const everyOperation: readonly Operation[] = ['generate', 'edit', 'inpaint', 'upscale', 'vary'];
const generous = { timeout: 30_000, interval: 10 };

/**
 * The promises that every backend keeps, run on each of them. What a backend does not claim in its
 * capabilities, or what its harness cannot arrange, is reported as skipped with the reason.
 */
export function describeBackendContract(
  name: string,
  createHarness: () => Promise<BackendHarness>,
): void {
  describe(`${name} keeps the backend contract`, () => {
    let opened: BackendHarness | undefined;
    const open = async () => {
      opened = await createHarness();
      return opened;
    };
    afterEach(async () => {
      await opened?.close();
      opened = undefined;
    });

    it('says that it is well, and names at least one model', async () => {
      const { backend } = await open();
      await expect(backend.health()).resolves.toBeUndefined();
      const models = await backend.models();
      expect(models.length).toBeGreaterThan(0);
      for (const model of models) {
        expect(model.id).not.toBe('');
        expect(model.name).not.toBe('');
      }
      expect(new Set(models.map((model) => model.id)).size).toBe(models.length);
    });

    it('says of itself what its service is like', async () => {
      const { backend, traits } = await open();
      expect(backend.capabilities).toMatchObject(traits);
    });

    it('makes images that decode, and names the model that made them', async () => {
      const { backend, request } = await open();
      const result = await startRun(backend, request).result;
      expect(result.model).not.toBe('');
      expect(result.images).toHaveLength(request.count);
      for (const image of result.images) {
        const decoded = await decode(image.bytes);
        expect(decoded.width * decoded.height).toBeGreaterThan(1);
      }
    });

    it('makes as many images as asked, the first with the seed, and no seed twice', async ({
      skip,
    }) => {
      const { backend, request, replaysPictures } = await open();
      const count = Math.min(3, backend.capabilities.maxCount);
      if (count < 2) skip('one image a run');
      if (replaysPictures) skip('the pictures are recorded');
      const { images } = await startRun(backend, { ...request, count }).result;
      expect(images).toHaveLength(count);
      const seeds = images.map((image) => image.seed).filter((seed) => seed !== undefined);
      expect(new Set(seeds).size).toBe(seeds.length);
      if (backend.capabilities.seed) {
        // All of them, or the first alone where the service draws a whole run from one seed.
        const own = images.map((_, i) => (request.seed + i) % 2 ** 32);
        expect([own, own.slice(0, 1)]).toContainEqual(seeds);
        expect(images[0]?.seed).toBe(request.seed);
      }
      const prints = await Promise.all(images.map(({ bytes }) => fingerprint(bytes)));
      if (backend.capabilities.seed) expect(new Set(prints).size).toBe(count);
    });

    it('gives the aspect that was asked for', async ({ skip }) => {
      const { backend, request, replaysPictures } = await open();
      if (!backend.capabilities.operations.has('generate')) skip('makes no images from text');
      if (replaysPictures) skip('the pictures are recorded');
      for (const aspect of [
        { width: 16, height: 9 },
        { width: 2, height: 3 },
      ]) {
        const text = textRequest(request);
        const { images } = await startRun(backend, { ...text, aspect, count: 1 }).result;
        const { width, height } = await decode(images[0]?.bytes ?? new Uint8Array());
        const ratio = width / height / (aspect.width / aspect.height);
        expect(ratio, `${width}×${height} for ${aspect.width}:${aspect.height}`).toBeGreaterThan(
          0.94,
        );
        expect(ratio).toBeLessThan(1.06);
      }
    });

    it('makes the same image from the same seed, and another from another', async ({ skip }) => {
      const { backend, request, replaysPictures } = await open();
      if (!backend.capabilities.seed) skip('takes no seed');
      if (replaysPictures) skip('the pictures are recorded');
      const make = async (seed: number) => {
        const { images } = await startRun(backend, { ...request, count: 1, seed }).result;
        return fingerprint(images[0]?.bytes ?? new Uint8Array());
      };
      const first = await make(request.seed);
      expect(await make(request.seed)).toBe(first);
      expect(await make(request.seed + 1000)).not.toBe(first);
    });

    it('draws what the words say, and not what they rule out', async ({ skip }) => {
      const { backend, request, replaysPictures } = await open();
      if (!backend.capabilities.operations.has('generate')) skip('reads no words');
      if (replaysPictures) skip('the pictures are recorded');
      const make = async (words: Partial<BackendRequest>) => {
        const { images } = await startRun(backend, { ...request, count: 1, ...words }).result;
        return fingerprint(images[0]?.bytes ?? new Uint8Array());
      };
      const first = await make({});
      expect(await make({ prompt: 'a heap of yellow pears' })).not.toBe(first);
      if (backend.capabilities.negative) expect(await make({ negative: 'fog' })).not.toBe(first);
    });

    it('runs the model that was asked for', async () => {
      const { backend, request } = await open();
      const models = (await backend.models()).slice(0, 2);
      const named = new Set<string>();
      for (const { id } of models) {
        named.add((await startRun(backend, { ...request, model: id }).result).model);
      }
      expect(named.size).toBe(models.length);
    });

    it('starts from the input image, the less so the higher the strength', async ({ skip }) => {
      const { backend, request, replaysPictures } = await open();
      const { operations, strength } = backend.capabilities;
      if (!operations.has('edit') || !strength) skip('does no image-to-image with a strength');
      if (replaysPictures) skip('the pictures are recorded');
      const image = await inputImage();
      const distances: number[] = [];
      for (const value of [0.1, 0.5, 0.95]) {
        const edit: BackendRequest = { ...request, operation: 'edit', image, strength: value };
        const { images } = await startRun(backend, { ...edit, count: 1 }).result;
        distances.push(await imageDistance(image.bytes, images[0]?.bytes ?? new Uint8Array()));
      }
      expect(distances).toEqual([...distances].sort((a, b) => a - b));
      expect(distances[2]).toBeGreaterThan((distances[0] ?? 0) + 1);
    });

    it.for(['transparent', 'white'] as const)(
      'changes only what a mask marks: %s',
      async (marks, { skip }) => {
        const { backend, request, replaysPictures } = await open();
        const { operations, mask: takesMask } = backend.capabilities;
        expect(operations.has('inpaint')).toBe(takesMask);
        if (!takesMask) skip('takes no mask');
        if (replaysPictures) skip('the pictures are recorded');
        const [image, mask] = [await inputImage(), await leftHalf(marks)];
        const inpaint: BackendRequest = { ...request, operation: 'inpaint', image, mask };
        const { images } = await startRun(backend, { ...inpaint, count: 1 }).result;
        const bytes = images[0]?.bytes ?? new Uint8Array();
        expect(await halfDistance(bytes, image.bytes, 'right')).toBeLessThan(3);
        expect(await halfDistance(bytes, image.bytes, 'left')).toBeGreaterThan(10);
      },
    );

    it('looks at its reference images', async ({ skip }) => {
      const { backend, request, replaysPictures } = await open();
      const { references: most, operations } = backend.capabilities;
      if (most === 0 || !operations.has('generate')) skip('takes no reference images');
      if (replaysPictures) skip('the pictures are recorded');
      const reference = await inputImage();
      const text = { ...textRequest(request), count: 1 };
      const make = async (references: BackendRequest['references']) => {
        const { images } = await startRun(backend, { ...text, references }).result;
        return images[0]?.bytes ?? new Uint8Array();
      };
      const without = await make([]);
      expect(await imageDistance(await make([reference]), without)).toBeGreaterThan(2);
      const many = Array.from({ length: most }, () => reference);
      expect(await imageDistance(await make(many), without)).toBeGreaterThan(2);
    });

    it('refuses a mask without its image, and more than it takes', async () => {
      const { backend, request, submissions } = await open();
      const { mask: takesMask, references: most } = backend.capabilities;
      const [image, mask] = [await inputImage(), await leftHalf('white')];
      const { image: _image, ...bare } = request;
      const references = Array.from({ length: most + 1 }, () => image);
      const refused: BackendRequest[] = [
        { ...bare, operation: 'inpaint', mask },
        { ...request, operation: 'inpaint', image },
        { ...request, references },
        ...(takesMask ? [] : [{ ...request, image, mask }]),
      ];
      for (const each of refused) {
        const failure = await failureOf(startRun(backend, each).result);
        expect(failure).toMatchObject({ kind: 'invalid-request', retryable: false });
      }
      if (submissions) expect(submissions()).toBe(0);
    });

    it('reports progress on the way that never falls, and previews where it has them', async ({
      skip,
    }) => {
      const { backend, request } = await open();
      const { capabilities } = backend;
      if (!capabilities.progress) skip('reports no progress');
      const ticks: BackendProgress[] = [];
      // Some tell of a run of one image, others of each of several.
      for (const count of [1, Math.min(2, capabilities.maxCount)]) {
        const run = startRun(backend, { ...request, count });
        await run.result;
        const fractions = run.progress.map((tick) => tick.fraction);
        expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
        ticks.push(...run.progress);
      }
      const fractions = ticks.map((tick) => tick.fraction);
      // What comes at the end alone is no news.
      expect(Math.min(...fractions)).toBeLessThan(1);
      expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...fractions)).toBeLessThanOrEqual(1);
      const previews = ticks.flatMap((tick) => (tick.preview ? [tick.preview] : []));
      expect(previews.length > 0).toBe(capabilities.preview);
      for (const preview of previews) await decode(preview.bytes);
    });

    it('refuses what it does not offer, before anything is submitted', async ({ skip }) => {
      const { backend, request, submissions } = await open();
      const refused = everyOperation.filter((each) => !backend.capabilities.operations.has(each));
      if (refused.length === 0) skip('offers every operation');
      for (const operation of refused) {
        const failure = await failureOf(startRun(backend, { ...request, operation }).result);
        expect(failure).toMatchObject({ kind: 'invalid-request', retryable: false });
      }
      if (submissions) expect(submissions()).toBe(0);
    });

    it('submits nothing when the run was given up before it began', async () => {
      const { backend, request, submissions } = await open();
      for (const reason of ['cancel', 'detach']) {
        const signal = AbortSignal.abort(reason);
        const failure = await failureOf(startRun(backend, request, { signal }).result);
        expect(failure.kind).toBe('cancelled');
      }
      if (submissions) expect(submissions()).toBe(0);
    });

    it('stops at a cancel in the middle of a run, and tells the service', async () => {
      const harness = await open();
      harness.holdRuns?.();
      const run = startRun(harness.backend, harness.request);
      await (harness.runBegan?.() ?? nextTurn());
      run.abort('cancel');
      const failure = await failureOf(run.result);
      expect(failure).toMatchObject({ kind: 'cancelled', retryable: false });
      const { stops, abandoned, backend } = harness;
      const isTold = backend.capabilities.cancel !== 'local';
      if (stops && isTold) await vi.waitFor(() => expect(stops()).toBeGreaterThan(0), generous);
      // Where a closed connection is all that the service can be told.
      if (abandoned && !isTold) {
        await vi.waitFor(() => expect(abandoned()).toBeGreaterThan(0), generous);
      }
    });

    it('lets go at a detach in the middle of a run, and tells the service nothing', async () => {
      const harness = await open();
      harness.holdRuns?.();
      const run = startRun(harness.backend, harness.request);
      await (harness.runBegan?.() ?? nextTurn());
      run.abort('detach');
      expect((await failureOf(run.result)).kind).toBe('cancelled');
      await harness.backend.close();
      if (harness.stops) expect(harness.stops()).toBe(0);
    });

    it('saves the handle before the request leaves', async ({ skip }) => {
      const { backend, request, submissions } = await open();
      if (!backend.capabilities.resumable || !submissions) skip('resumes nothing');
      const seen: (number | undefined)[] = [];
      const saveHandle = async () => {
        seen.push(submissions?.());
        await sleep(50);
        seen.push(submissions?.());
      };
      await startRun(backend, request, { saveHandle }).result;
      expect(seen.slice(0, 2)).toEqual([0, 0]);
    });

    it('submits nothing when the handle cannot be saved', async ({ skip }) => {
      const { backend, request, submissions } = await open();
      if (!backend.capabilities.resumable || !submissions) skip('resumes nothing');
      const saveHandle = async () => {
        throw new Error('the run is another worker’s now');
      };
      await failureOf(startRun(backend, request, { saveHandle }).result);
      expect(submissions?.()).toBe(0);
    });

    it('takes a run up again from its handle without submitting it twice', async ({ skip }) => {
      const harness = await open();
      const { backend, request, submissions } = harness;
      if (!backend.capabilities.resumable || !submissions) skip('resumes nothing');
      harness.holdRuns?.();
      const run = startRun(backend, request);
      await harness.runBegan?.();
      run.abort('detach');
      await failureOf(run.result);
      const handle = run.handles.at(-1);
      expect(handle).toBeDefined();
      expect(JSON.parse(JSON.stringify(handle))).toEqual(handle);

      const successor = (await harness.reopen?.()) ?? backend;
      const resumed = startResume(successor, handle ?? {}, request);
      harness.releaseRuns?.();
      const { images } = await resumed.result;
      expect(images).toHaveLength(request.count);
      for (const image of images) await decode(image.bytes);
      expect(submissions?.()).toBe(1);
      if (successor !== backend) await successor.close();
    });

    it('says of a run that the service does not know that it is forgotten', async ({ skip }) => {
      const { backend, request, unknownHandle, submissions } = await open();
      if (!backend.capabilities.resumable || !unknownHandle) skip('resumes nothing');
      const failure = await failureOf(startResume(backend, unknownHandle ?? {}, request).result);
      const expected = { kind: 'transient', forgotten: true, retryable: true, maxRetries: 1 };
      expect(failure).toMatchObject(expected);
      if (submissions) expect(submissions()).toBe(0);
    });

    it('takes a cancel of a run that the service does not know', async () => {
      const { backend, unknownHandle } = await open();
      await expect(backend.cancel(unknownHandle ?? {})).resolves.toBeUndefined();
    });

    describeServiceFailures(open);

    it('says that it is unavailable when nothing answers', async ({ skip }) => {
      const { backend, request, goAway } = await open();
      if (!goAway) skip('has no service that could go away');
      await goAway?.();
      expect((await failureOf(startRun(backend, request).result)).kind).toBe('unavailable');
      expect((await failureOf(backend.health())).kind).toBe('unavailable');
    });

    it('closes twice without harm, and leaves no timer behind', async () => {
      const before = timers();
      const harness = await open();
      await startRun(harness.backend, harness.request).result;
      harness.holdRuns?.();
      const run = startRun(harness.backend, harness.request);
      await (harness.runBegan?.() ?? nextTurn());
      run.abort('detach');
      await failureOf(run.result);
      await harness.backend.close();
      await harness.backend.close();
      await harness.close();
      opened = undefined;
      for (let turn = 0; turn < 200 && timers() > before; turn++) await sleep(20);
      expect(timers()).toBeLessThanOrEqual(before);
    });
  });
}

/** The sample request without its picture, so that only the text decides. */
function textRequest(request: BackendRequest): BackendRequest {
  const { image: _image, mask: _mask, strength: _strength, ...rest } = request;
  return { ...rest, operation: 'generate', references: [] };
}
