import { setImmediate as nextTurn } from 'node:timers/promises';
import { imageGate } from '../../images/image-gate.js';
import { paintOver } from './painting.js';
import type { PromptReading } from './prompt-reading.js';
import { createRandom, hashText } from './random.js';
import { type Bitmap, drawInInk, open, pixelsOf, rasterize } from './rendering.js';
import { n, type Point, polygon } from './svg.js';
import type { Style } from './vocabulary.js';

/** Draws a picture once more in the manner that the prompt asks for. */
export function inStyle(picture: Bitmap, reading: PromptReading, seed: number): Promise<Bitmap> {
  return reading.style ? styles[reading.style](picture, reading, seed) : Promise.resolve(picture);
}

type Draw = (picture: Bitmap, reading: PromptReading, seed: number) => Promise<Bitmap>;

const styles: Readonly<Record<Style, Draw>> = {
  pixels: (picture) => asPixels(picture),
  watercolour: (picture) => inWater(picture),
  oil: (picture, reading, seed) => paintOver(picture, reading, seed, 0.38),
  ink: (picture) => drawInInk(picture),
  comic: async (picture) => outlined(await flattened(picture, 4), 1),
  cel: async (picture) => outlined(await flattened(picture, 6), 0.45),
  facets: (picture, reading, seed) => inFacets(picture, reading, seed),
  film: (picture) => onFilm(picture, [1.12, 1.02, 1.0], [-26, -14, 2], 0.62),
  photograph: (picture) => onFilm(picture, [1.08, 1.08, 1.06], [-10, -10, -8], 0.3),
  render: (picture) => polished(picture),
};

async function asPixels(picture: Bitmap): Promise<Bitmap> {
  const { width, height } = picture;
  const cell = Math.min(width, height) / 72;
  const [columns, rows] = [Math.round(width / cell), Math.round(height / cell)];
  const small = await imageGate.run(() =>
    pixelsOf(open(picture).resize(columns, rows, { fit: 'fill', kernel: 'cubic' })),
  );
  const few = await flattened(small, 7);
  return imageGate.run(() =>
    pixelsOf(open(few).resize(width, height, { fit: 'fill', kernel: 'nearest' })),
  );
}

/** Colours run into each other, dry at their edges, and let the paper through. */
async function inWater(picture: Bitmap): Promise<Bitmap> {
  const scale = Math.min(picture.width, picture.height) / 1024;
  const wash = await imageGate.run(() =>
    pixelsOf(
      open(picture)
        .blur(0.5 + 5 * scale)
        .modulate({ saturation: 0.85 })
        .linear(0.72, 68),
    ),
  );
  return outlined(await flattened(wash, 9), 0.16);
}

/** A few colours in place of many. */
async function flattened(picture: Bitmap, levels: number): Promise<Bitmap> {
  const step = 255 / (levels - 1);
  const level = Uint8Array.from({ length: 256 }, (_, tone) => Math.round(tone / step) * step);
  const vivid = await imageGate.run(() => pixelsOf(open(picture).modulate({ saturation: 1.25 })));
  return { ...picture, data: Buffer.from(vivid.data.map((tone) => level[tone] ?? tone)) };
}

const outline = { width: 3, height: 3, kernel: [-1, -1, -1, -1, 8, -1, -1, -1, -1] };

/** Dark lines along the edges; `weight` 0 (none) to 1. */
async function outlined(picture: Bitmap, weight: number): Promise<Bitmap> {
  const { width, height } = picture;
  const edges = await imageGate.run(() =>
    open(picture).greyscale().blur(0.8).convolve(outline).raw().toBuffer(),
  );
  const data = Buffer.from(picture.data);
  for (let at = 0; at < width * height; at++) {
    const line = Math.min(1, Math.max(0, (edges[at] ?? 0) - 10) / 40) * weight;
    for (let channel = 0; channel < 3; channel++) {
      data[at * 3 + channel] = (data[at * 3 + channel] ?? 0) * (1 - line);
    }
    // Some 5 ms of arithmetic, then everyone else's turn.
    if (at % 200_000 === 199_999) await nextTurn();
  }
  return { data, width, height };
}

/** Each channel stretched and shifted, and the corners dark. */
function onFilm(
  picture: Bitmap,
  gain: [number, number, number],
  offset: [number, number, number],
  dark: number,
): Promise<Bitmap> {
  const { width, height } = picture;
  const shade = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><radialGradient id="v" r="0.78"><stop offset="0.45" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#04060c" stop-opacity="${n(dark * 100)}%"/></radialGradient><rect width="${width}" height="${height}" fill="url(#v)"/></svg>`;
  return imageGate.run(() =>
    pixelsOf(
      open(picture)
        .linear(gain, offset)
        .composite([{ input: Buffer.from(shade) }]),
    ),
  );
}

/** Soft all over, with a shine where the light falls. */
async function polished(picture: Bitmap): Promise<Bitmap> {
  const scale = Math.min(picture.width, picture.height) / 1024;
  const { data, width, height } = await imageGate.run(() =>
    pixelsOf(
      open(picture)
        .blur(0.5 + 9 * scale)
        .modulate({ brightness: 1.15, saturation: 1.2 }),
    ),
  );
  const raw = await imageGate.run(() =>
    open({ data, width, height }).ensureAlpha(0.55).raw().toBuffer(),
  );
  const layer = { input: raw, raw: { width, height, channels: 4 } } as const;
  return imageGate.run(() =>
    pixelsOf(
      open(picture)
        .composite([{ ...layer, blend: 'screen' }])
        .linear(0.92, 0),
    ),
  );
}

/** Triangles, each in the colour of its middle. */
async function inFacets(picture: Bitmap, reading: PromptReading, seed: number): Promise<Bitmap> {
  const { width, height } = picture;
  const random = createRandom(hashText(`facets/${reading.hash}/${seed}`));
  const columns = Math.round((34 * width) / Math.min(width, height));
  const rows = Math.round((34 * height) / Math.min(width, height));
  const corners = Array.from({ length: rows + 1 }, (_, row) =>
    Array.from({ length: columns + 1 }, (_, column): Point => {
      const isInner = row > 0 && row < rows && column > 0 && column < columns;
      const stray = () => (isInner ? (random() - 0.5) * 0.7 : 0);
      return [((column + stray()) * width) / columns, ((row + stray()) * height) / rows];
    }),
  );
  const corner = (row: number, column: number): Point => corners[row]?.[column] ?? [0, 0];
  const facets: string[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [a, b] = [corner(row, column), corner(row, column + 1)];
      const [c, d] = [corner(row + 1, column), corner(row + 1, column + 1)];
      const isRising = random() < 0.5;
      facets.push(facet(picture, isRising ? [a, b, c] : [a, b, d]));
      facets.push(facet(picture, isRising ? [b, c, d] : [a, c, d]));
    }
  }
  return rasterize(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${facets.join('')}</svg>`,
  );
}

function facet({ data, width, height }: Bitmap, points: readonly Point[]): string {
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / 3;
  const column = Math.max(0, Math.min(width - 1, Math.floor(mean(0))));
  const row = Math.max(0, Math.min(height - 1, Math.floor(mean(1))));
  const at = (row * width + column) * 3;
  const colour = `rgb(${data[at]},${data[at + 1]},${data[at + 2]})`;
  return polygon(points, colour, `stroke="${colour}" stroke-width="0.8"`);
}
