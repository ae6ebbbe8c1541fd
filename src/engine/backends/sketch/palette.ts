import { setImmediate as nextTurn } from 'node:timers/promises';
import sharp from 'sharp';
import { imageGate } from '../../images/image-gate.js';
import { defaultImageLimits, ImageError } from '../../images/inspection.js';
import type { Channels } from './colour.js';
import { type Bitmap, pixelsOf } from './rendering.js';

/** The colours of pictures, from their darkest to their lightest. */
export type Palette = readonly Channels[];

const sampleSide = 48;
const bands = 6;

/** @throws ImageError when one cannot be read */
export async function paletteOf(pictures: readonly Uint8Array[]): Promise<Palette> {
  const samples = await Promise.all(pictures.map(sampleOf));
  const pixels = samples.flatMap(({ data }) =>
    Array.from({ length: data.length / 3 }, (_, at): Channels => {
      return [data[at * 3] ?? 0, data[at * 3 + 1] ?? 0, data[at * 3 + 2] ?? 0];
    }),
  );
  pixels.sort((a, b) => brightnessOf(a) - brightnessOf(b));
  const size = Math.ceil(pixels.length / bands);
  return Array.from({ length: bands }, (_, band) =>
    average(pixels.slice(band * size, (band + 1) * size)),
  );
}

function sampleOf(bytes: Uint8Array): Promise<Bitmap> {
  return imageGate.run(async () => {
    try {
      const limits = { failOn: 'error', limitInputPixels: defaultImageLimits.maxPixels } as const;
      return await pixelsOf(sharp(bytes, limits).resize(sampleSide, sampleSide, { fit: 'fill' }));
    } catch (cause) {
      throw new ImageError({ kind: 'broken' }, { cause });
    }
  });
}

function average(colours: readonly Channels[]): Channels {
  const mean = (channel: 0 | 1 | 2) =>
    colours.reduce((sum, colour) => sum + colour[channel], 0) / Math.max(1, colours.length);
  return [mean(0), mean(1), mean(2)];
}

/** How much of a picture's own colour is left is the rest of this. */
const tintShare = 0.62;

/** Lends a picture the palette's colours: dark ones where it is dark, light ones where it is light. */
export async function tint(picture: Bitmap, palette: Palette): Promise<Bitmap> {
  const tones = Array.from({ length: 256 }, (_, brightness) => toneAt(palette, brightness / 255));
  const { data, width, height } = picture;
  const tinted = Buffer.allocUnsafe(data.length);
  for (let row = 0; row < height; row++) {
    for (let at = row * width * 3; at < (row + 1) * width * 3; at += 3) {
      const [red = 0, green = 0, blue = 0] = [data[at], data[at + 1], data[at + 2]];
      const tone = tones[Math.round(brightnessOf([red, green, blue]))] ?? [0, 0, 0];
      tinted[at] = red + (tone[0] - red) * tintShare;
      tinted[at + 1] = green + (tone[1] - green) * tintShare;
      tinted[at + 2] = blue + (tone[2] - blue) * tintShare;
    }
    // Some 5 ms of arithmetic, then everyone else's turn.
    if (row % 128 === 127) await nextTurn();
  }
  return { data: tinted, width, height };
}

/** 0 to 255. */
function brightnessOf([red, green, blue]: Channels): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** The colour for a brightness of 0 to 1. */
export function toneAt(palette: Palette, brightness: number): Channels {
  const along = brightness * (palette.length - 1);
  const index = Math.min(palette.length - 2, Math.floor(along));
  const [from = [0, 0, 0], to = [255, 255, 255]] = [palette[index], palette[index + 1]];
  const share = along - index;
  return [
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ];
}
