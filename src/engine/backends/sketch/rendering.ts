import { setImmediate as nextTurn } from 'node:timers/promises';
import sharp, { type Sharp } from 'sharp';
import { imageGate } from '../../images/image-gate.js';
import { type Channels, channelsOf } from './colour.js';
import { createRandom } from './random.js';

/** Opaque pixels, 3 bytes each, red, green, blue. */
export interface Bitmap {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

export function open({ data, width, height }: Bitmap): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

export function rasterize(svg: string): Promise<Bitmap> {
  return imageGate.run(() => pixelsOf(sharp(Buffer.from(svg))));
}

export async function pixelsOf(image: Sharp): Promise<Bitmap> {
  // Flattening comes before layers are laid on, and they bring an alpha channel of their own.
  const opaque = image.flatten({ background: '#ffffff' }).removeAlpha().toColourspace('srgb');
  const { data, info } = await opaque.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Paper's grain over flat colours; without it they look like a machine's. */
export async function addGrain(bitmap: Bitmap): Promise<Bitmap> {
  // On a small sheet nobody would see it.
  if (Math.min(bitmap.width, bitmap.height) < grainSide) return bitmap;
  return imageGate.run(() => {
    const tile = { width: grainSide, height: grainSide, channels: 4 } as const;
    return pixelsOf(open(bitmap).composite([{ input: grain(), raw: tile, tile: true }]));
  });
}

export function encode(bitmap: Bitmap): Promise<Buffer> {
  return imageGate.run(() =>
    open(bitmap).jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer(),
  );
}

/** Lays `over` on `under`; both of one size. */
export function blend(under: Bitmap, over: Bitmap, opacity: number): Promise<Bitmap> {
  if (opacity >= 1) return Promise.resolve(over);
  return imageGate.run(async () => {
    const layer = await open(over).ensureAlpha(opacity).raw().toBuffer();
    const raw = { width: over.width, height: over.height, channels: 4 } as const;
    return pixelsOf(open(under).composite([{ input: layer, raw }]));
  });
}

/** Pen lines along the tones and the edges, on paper, over a thin wash of the colours. */
export async function drawInInk(bitmap: Bitmap): Promise<Bitmap> {
  const { width, height } = bitmap;
  const scale = Math.max(0.7, Math.min(width, height) / 1024);
  const [tones, edges, wash] = await Promise.all([
    imageGate.run(() => open(bitmap).greyscale().normalise().raw().toBuffer()),
    imageGate.run(() => open(bitmap).greyscale().convolve(outline).raw().toBuffer()),
    imageGate.run(() => washOf(bitmap)),
  ]);
  const hatching = screens(Math.round(7 * scale));
  const data = Buffer.allocUnsafe(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      const tone = brightened[tones[at] ?? 255] ?? 255;
      const cell = (row % hatching.side) * hatching.side + (column % hatching.side);
      const first = clamp((tone - (hatching.rising[cell] ?? 0) * 0.66) * 6);
      const second = clamp((tone - (hatching.falling[cell] ?? 0) * 0.36) * 6);
      const line = clamp(255 - Math.max(0, (edges[at] ?? 0) - 20) * 3);
      const white = (first * second * line) / (255 * 255 * 255);
      for (let channel = 0; channel < 3; channel++) {
        const colour = 0.56 + (0.44 * (wash[at * 3 + channel] ?? 255)) / 255;
        const inked = ink[channel] ?? 0;
        data[at * 3 + channel] = inked + ((paper[channel] ?? 255) * colour - inked) * white;
      }
    }
    // Some 5 ms of arithmetic, then everyone else's turn.
    if (row % 48 === 47) await nextTurn();
  }
  return { data, width, height };
}

const outline = { width: 3, height: 3, kernel: [-1, -1, -1, -1, 8, -1, -1, -1, -1] };

/** Pictures of the night would drown in ink. */
const brightened = Uint8Array.from({ length: 256 }, (_, tone) => 30 + 225 * (tone / 255) ** 0.6);

/** The colours, run into each other; small first, as a blur of the whole sheet takes long. */
async function washOf(bitmap: Bitmap): Promise<Buffer> {
  const { width, height } = bitmap;
  const small = await pixelsOf(
    open(bitmap).resize(Math.ceil(width / 8), Math.ceil(height / 8), { fit: 'fill' }),
  );
  const wash = open(small).blur(1).modulate({ saturation: 1.3 });
  return (await pixelsOf(wash.resize(width, height, { fit: 'fill', kernel: 'cubic' }))).data;
}

const ink: Channels = channelsOf('#1d2233');
const paper: Channels = channelsOf('#fbf5e6');

/** Two families of slanted, slightly wavering lines, as height maps that tones are held against. */
function screens(period: number) {
  const side = period * 16;
  const rising = new Uint8Array(side * side);
  const falling = new Uint8Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const waver = Math.sin((row / side) * Math.PI * 4) + Math.sin((column / side) * Math.PI * 2);
      const at = row * side + column;
      rising[at] = ridge((row + column + waver) / period);
      falling[at] = ridge((row - column * 2 + waver) / period);
    }
  }
  return { side, rising, falling };
}

function ridge(phase: number): number {
  return 255 * Math.abs(2 * (phase - Math.floor(phase)) - 1);
}

function clamp(value: number): number {
  return value < 0 ? 0 : Math.min(value, 255);
}

const grainSide = 256;
let grainTile: Buffer | undefined;

/** Specks of black and white, nearly transparent; the same on every sheet. */
function grain(): Buffer {
  if (grainTile) return grainTile;
  const random = createRandom(20);
  const tile = Buffer.alloc(grainSide * grainSide * 4);
  for (let at = 0; at < tile.length; at += 4) {
    const speck = random() + random() - 1;
    tile.fill(speck > 0 ? 255 : 0, at, at + 3);
    tile[at + 3] = Math.abs(speck) * 15;
  }
  grainTile = tile;
  return tile;
}
