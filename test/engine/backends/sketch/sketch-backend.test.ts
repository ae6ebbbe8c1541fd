import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import { readPrompt } from '../../../../src/engine/backends/sketch/prompt-reading.js';
import { createSketchBackend } from '../../../../src/engine/backends/sketch/sketch-backend.js';
import {
  failureOf,
  fingerprint,
  halfDistance,
  imageDistance,
  inputImage,
  leftHalf,
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

  it('takes on the colours of its references, of all of them', async () => {
    const plain = async (background: string) => {
      const bytes = await sharp({ create: { width: 40, height: 40, channels: 3, background } })
        .png()
        .toBuffer();
      return { bytes, mediaType: 'image/png', width: 40, height: 40 };
    };
    const meanOf = async (references: BackendRequest['references']) => {
      const { channels } = await sharp(await draw({ references })).stats();
      return channels.map(({ mean }) => mean);
    };
    const far = (a: number[], b: number[]) =>
      Math.hypot(...a.map((channel, at) => channel - (b[at] ?? 0)));
    const [red, blue] = [await plain('#d02010'), await plain('#1020d0')];
    const [none, reddish, bluish, both] = [
      await meanOf([]),
      await meanOf([red]),
      await meanOf([blue]),
      await meanOf([red, blue]),
    ];
    expect(far(reddish, [208, 32, 16])).toBeLessThan(far(none, [208, 32, 16]) / 2);
    expect(far(bluish, [16, 32, 208])).toBeLessThan(far(none, [16, 32, 208]) / 2);
    expect(far(both, reddish)).toBeGreaterThan(20);
    expect(far(both, bluish)).toBeGreaterThan(20);
  });

  it('draws what the prompt says into the masked part, however small', async () => {
    const image = await inputImage();
    const mask = async (left: number, top: number, side: number) => {
      const svg = `<svg width="256" height="192"><rect width="256" height="192"/><rect x="${left}" y="${top}" width="${side}" height="${side}" fill="#fff"/></svg>`;
      const bytes = await sharp(Buffer.from(svg)).png().toBuffer();
      return { bytes, mediaType: 'image/png', width: 256, height: 192 };
    };
    const wish = { operation: 'inpaint', image, prompt: 'night' } as const;
    const corner = await draw({ ...wish, mask: await mask(250, 186, 6) });
    expect(await imageDistance(corner, image.bytes)).toBeLessThan(3);
    const whole = await draw({ ...wish, mask: await mask(0, 0, 256) });
    expect(await imageDistance(whole, image.bytes)).toBeGreaterThan(30);
    const nothing = await draw({ ...wish, mask: await mask(0, 0, 0) });
    expect(await imageDistance(nothing, image.bytes)).toBeLessThan(2);
    const [night, day] = [
      await draw({ ...wish, mask: await leftHalf('white') }),
      await draw({ ...wish, prompt: 'a sunny day', mask: await leftHalf('white') }),
    ];
    expect(await halfDistance(night, day, 'left')).toBeGreaterThan(20);
    expect(await halfDistance(night, day, 'right')).toBeLessThan(2);
  });

  it.each([
    ['a fox, pixel art', 'a fox, oil painting'],
    ['a fox in watercolor', 'a fox, comic book'],
    ['a fox, anime', 'a fox, monochrome'],
    ['a fox, low poly', 'cinematic still of a fox'],
    ['photograph of a fox', 'a fox, 3d render'],
  ])('draws in the manner that is asked for: %s, %s', async (...prompts) => {
    const reading = (prompt: string) => readPrompt(prompt).style;
    const [one, other] = prompts.map(reading);
    expect(one).toBeDefined();
    expect(other).toBeDefined();
    expect(one).not.toBe(other);
    const [left, right] = [await draw({ prompt: prompts[0] }), await draw({ prompt: prompts[1] })];
    expect(await imageDistance(left, right)).toBeGreaterThan(4);
    const image = await inputImage();
    const edited = await draw({ operation: 'edit', prompt: prompts[0], image, strength: 0.5 });
    expect(await imageDistance(edited, image.bytes)).toBeLessThan(80);
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
