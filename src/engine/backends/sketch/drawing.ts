import sharp from 'sharp';
import { imageGate } from '../../images/image-gate.js';
import { defaultImageLimits, ImageError } from '../../images/inspection.js';
import { readMask } from '../../images/mask.js';
import { cut, layIn, markedRegion } from './masking.js';
import { paintOver } from './painting.js';
import { type Palette, paletteOf, tint } from './palette.js';
import type { PromptReading } from './prompt-reading.js';
import {
  addGrain,
  type Bitmap,
  blend,
  drawInInk,
  encode,
  open,
  pixelsOf,
  rasterize,
} from './rendering.js';
import { composeScene } from './scene.js';
import { inStyle } from './styles.js';

/** One picture to draw. */
export interface DrawingOrder {
  readonly reading: PromptReading;
  readonly seed: number;
  readonly inInk: boolean;
  /** Absent: the input's own, else 1:1. */
  readonly aspect?: { readonly width: number; readonly height: number };
  /** What to start from; `strength` 0 keeps it, 1 leaves next to nothing of it. */
  readonly input?: {
    readonly bytes: Uint8Array;
    readonly strength: number;
    /** Where the input may change; all of it where absent. */
    readonly mask?: Uint8Array;
  };
  /** Pictures whose colours this one takes on. */
  readonly references: readonly Uint8Array[];
}

const pictureArea = 1024 * 1024;
const previewArea = 256 * 256;

/**
 * The finished picture, a JPEG of about one megapixel.
 * @throws ImageError when the input cannot be read
 */
export async function drawPicture(order: DrawingOrder): Promise<Uint8Array> {
  return encode(await draw(order, pictureArea));
}

/**
 * What to show on the way: given how much is done, 0 to 1, a small JPEG that grows clearer.
 * @throws ImageError when the input cannot be read
 */
export async function drawPreview(
  order: DrawingOrder,
): Promise<(share: number) => Promise<Uint8Array>> {
  const small = await draw(order, previewArea);
  return async (share) => {
    const veil = 16 * (1 - share) ** 1.5;
    const image = veil < 0.3 ? open(small) : open(small).blur(veil);
    return image.jpeg({ quality: 70 }).toBuffer();
  };
}

async function draw(order: DrawingOrder, area: number): Promise<Bitmap> {
  const { reading, seed, input, inInk } = order;
  const palette = order.references.length > 0 ? await paletteOf(order.references) : undefined;
  if (!input) {
    const aspect = order.aspect ?? { width: 1, height: 1 };
    const sheet = sheetSize(aspect, pictureArea);
    const scene = await rasterize(composeScene(reading, seed, sheet, sheetSize(aspect, area)));
    const tinted = palette ? await tint(scene, palette) : scene;
    const drawn = await inStyle(tinted, reading, seed);
    return inInk ? drawInInk(drawn) : addGrain(drawn);
  }
  const original = await openInput(input.bytes, order.aspect, area);
  const change = (picture: Bitmap) => redraw(picture, order, input.strength, palette);
  if (!input.mask) return change(original);
  const mask = await readMask(input.mask, original);
  const region = markedRegion(mask, original);
  if (!region) return original;
  return layIn(original, await change(await cut(original, region)), region, mask);
}

/** What was there before shines through, the less so the higher the strength. */
async function redraw(
  original: Bitmap,
  { reading, seed, inInk }: DrawingOrder,
  strength: number,
  palette: Palette | undefined,
): Promise<Bitmap> {
  const painted = await paintOver(original, reading, seed, strength);
  const tinted = palette ? await tint(painted, palette) : painted;
  // It is painted in oil already.
  const styled = reading.style === 'oil' ? tinted : await inStyle(tinted, reading, seed);
  const drawn = inInk ? await drawInInk(styled) : styled;
  // Tint, style and ink come in slowly, so that more strength always means less of the input.
  return drawn === painted ? painted : blend(original, drawn, strength ** 0.7);
}

async function openInput(
  bytes: Uint8Array,
  aspect: DrawingOrder['aspect'],
  area: number,
): Promise<Bitmap> {
  return imageGate.run(async () => {
    try {
      const limits = { failOn: 'error', limitInputPixels: defaultImageLimits.maxPixels } as const;
      const image = sharp(bytes, limits).autoOrient();
      const own = (await image.metadata()).autoOrient;
      const { width, height } = sheetSize(aspect ?? own, area);
      return await pixelsOf(image.resize(width, height, { fit: 'cover' }));
    } catch (cause) {
      throw new ImageError({ kind: 'broken' }, { cause });
    }
  });
}

/** Sides of about that area, in multiples of 8. Strips beyond 8:1 grow no longer than that. */
function sheetSize(aspect: { width: number; height: number }, area: number) {
  const ratio = Math.min(8, Math.max(1 / 8, aspect.width / aspect.height));
  const eighths = (side: number) => Math.max(8, Math.round(side / 8) * 8);
  return { width: eighths(Math.sqrt(area * ratio)), height: eighths(Math.sqrt(area / ratio)) };
}
