import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import { createSketchBackend } from '../../../../src/engine/backends/sketch/sketch-backend.js';
import {
  failureOf,
  fingerprint,
  imageDistance,
  inputImage,
  startRun,
} from '../../../contracts/backend-harness.js';

const backend = createSketchBackend({ name: 'sketch', stepDurationMs: 0 });

async function draw(wish: Partial<BackendRequest>): Promise<Uint8Array> {
  const request: BackendRequest = {
    runKey: 'task-1',
    operation: 'generate',
    prompt: 'a lighthouse at dusk',
    count: 1,
    seed: 7,
    references: [],
    ...wish,
  };
  const { images } = await startRun(backend, request).result;
  return images[0]?.bytes ?? new Uint8Array();
}

describe('the sketch backend', () => {
  it('draws another picture for another prompt, seed and model', async () => {
    const wishes: Partial<BackendRequest>[] = [
      { prompt: 'a lighthouse at dusk' },
      { prompt: 'red fox in the snow' },
      { prompt: 'city at night in the rain' },
      { prompt: 'portrait of a queen' },
      { prompt: 'abstract shapes' },
      { prompt: 'a lighthouse at dusk', seed: 8 },
      { prompt: 'a lighthouse at dusk', model: 'sketch-ink' },
    ];
    const pictures: Uint8Array[] = [];
    for (const wish of wishes) pictures.push(await draw(wish));
    for (const [i, left] of pictures.entries()) {
      for (const right of pictures.slice(i + 1)) {
        expect(await imageDistance(left, right)).toBeGreaterThan(4);
      }
    }
  });

  it('has a picture for every prompt, however odd', async () => {
    for (const prompt of ['', '🦊', '雪中的红狐狸', '<svg/onload="x">&amp;', 'x'.repeat(4000)]) {
      const { width, height } = await sharp(await draw({ prompt })).metadata();
      expect([width, height]).toEqual([1024, 1024]);
    }
  });

  it('draws about a megapixel in multiples of 8, at any aspect', async () => {
    for (const [width, height] of [
      [16, 9],
      [9, 16],
      [3, 2],
      [21, 9],
      [1, 100],
    ] as const) {
      const size = await sharp(await draw({ aspect: { width, height } })).metadata();
      expect([size.width % 8, size.height % 8]).toEqual([0, 0]);
      expect(Math.abs((size.width * size.height) / 1024 ** 2 - 1)).toBeLessThan(0.05);
    }
  });

  it('leaves out what the negative prompt names', async () => {
    const prompt = 'a fox in a meadow';
    const without = await draw({ prompt, negative: 'fox' });
    expect(await imageDistance(await draw({ prompt }), without)).toBeGreaterThan(4);
  });

  it('gives the input back at strength 0, in its own aspect', async () => {
    const image = await inputImage();
    const same = await draw({ operation: 'edit', prompt: 'night', image, strength: 0 });
    const { width, height } = await sharp(same).metadata();
    expect(width / height).toBeCloseTo(image.width / image.height, 1);
    expect(await imageDistance(same, image.bytes)).toBeLessThan(2);
  });

  it('leaves less of the input at every higher strength, whichever model', async () => {
    const image = await inputImage();
    for (const model of ['sketch', 'sketch-ink']) {
      const distances: number[] = [];
      for (const strength of [0, 0.3, 0.6, 1]) {
        const bytes = await draw({ operation: 'edit', prompt: 'sunset', model, image, strength });
        distances.push(await imageDistance(bytes, image.bytes));
      }
      expect(distances).toEqual([...distances].sort((a, b) => a - b));
      expect(distances.at(-1)).toBeGreaterThan(30);
    }
  });

  it('shows eight previews of an image on its way, each small and none like the first', async () => {
    const run = startRun(backend, {
      runKey: 'task-1',
      operation: 'generate',
      prompt: 'castle in the mountains',
      aspect: { width: 16, height: 9 },
      count: 2,
      seed: 3,
      references: [],
    });
    await run.result;
    expect(run.progress.map((tick) => tick.fraction * 16)).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 1),
    );
    const previews = run.progress.map((tick) => tick.preview?.bytes ?? new Uint8Array());
    expect(Math.max(...previews.map((bytes) => bytes.byteLength))).toBeLessThan(40_000);
    const seen = await Promise.all(previews.map(fingerprint));
    expect(new Set(seen).size).toBe(16);
  });

  it('says what is wrong with a request that it cannot serve', async () => {
    const image = { ...(await inputImage()), bytes: new Uint8Array([1, 2, 3]) };
    const wishes: readonly [Partial<BackendRequest>, RegExp][] = [
      [{ operation: 'upscale' }, /cannot upscale/],
      [{ operation: 'edit' }, /no image to edit/],
      [{ operation: 'edit', image }, /cannot be read/],
      [{ model: 'flux' }, /no model "flux"/],
      [{ count: 5 }, /1 to 4/],
    ];
    for (const [wish, text] of wishes) {
      const failure = await failureOf(draw(wish));
      expect(failure.kind).toBe('invalid-request');
      expect(failure.userText).toMatch(text);
    }
  });

  it('stops all its runs when it is closed', async () => {
    const closing = createSketchBackend({ name: 'sketch', stepDurationMs: 600_000 });
    const request: BackendRequest = {
      runKey: 'task-1',
      operation: 'generate',
      prompt: 'fog',
      count: 1,
      seed: 1,
      references: [],
    };
    const run = startRun(closing, request);
    await closing.close();
    expect((await failureOf(run.result)).kind).toBe('cancelled');
    expect((await failureOf(startRun(closing, request).result)).kind).toBe('cancelled');
  });
});
