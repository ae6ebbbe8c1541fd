import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodeMask, readMask } from '../../../src/engine/images/mask.js';

type Colour =
  | string
  | { readonly r: number; readonly g: number; readonly b: number; readonly alpha: number };

/** A sheet of one colour to the left and of another to the right. */
function sheet(right: Colour, left: Colour) {
  const half = { width: 40, height: 40, channels: 4, background: left } as const;
  return sharp({ create: half }).extend({ right: 40, background: right }).png().toBuffer();
}

const clear = { r: 255, g: 255, b: 255, alpha: 0 };

/** The bytes in the middle of the left and the right half. */
async function halves(bytes: Uint8Array, width = 80, height = 40) {
  const mask = await readMask(bytes, { width, height });
  expect(mask.byteLength).toBe(width * height);
  const middle = Math.floor(height / 2) * width;
  return [mask[middle + Math.floor(width / 4)], mask[middle + Math.floor((width * 3) / 4)]];
}

describe('a mask', () => {
  it('lets change what is transparent, whatever colour that has', async () => {
    expect(await halves(await sheet('#000', clear))).toEqual([255, 0]);
    expect(await halves(await sheet('#fff', { ...clear, r: 0, g: 0, b: 0 }))).toEqual([255, 0]);
  });

  it('lets change what is white, where nothing is transparent', async () => {
    const drawn = await sheet('#000', '#fff');
    expect(await halves(drawn)).toEqual([255, 0]);
    const photograph = await sharp(drawn).flatten().jpeg({ quality: 95 }).toBuffer();
    const [white = 0, black = 255] = await halves(photograph);
    expect(white).toBeGreaterThan(250);
    expect(black).toBeLessThan(5);
  });

  it('may mean something in between', async () => {
    const [half = 0] = await halves(await sheet('#000', { ...clear, alpha: 0.5 }));
    expect(half).toBeGreaterThan(120);
    expect(half).toBeLessThan(135);
  });

  it('is cropped in its middle, as its image is', async () => {
    expect(await halves(await sheet('#000', clear), 40, 40)).toEqual([255, 0]);
  });

  it('is written as black and white', async () => {
    const png = await encodeMask(await sheet('#000', clear));
    expect(await sharp(png).metadata()).toMatchObject({
      format: 'png',
      width: 80,
      hasAlpha: false,
    });
    expect(await halves(png)).toEqual([255, 0]);
  });

  it('that cannot be read is said to be broken', async () => {
    const reading = readMask(new Uint8Array([1, 2, 3]), { width: 8, height: 8 });
    await expect(reading).rejects.toMatchObject({ problem: { kind: 'broken' } });
  });
});
