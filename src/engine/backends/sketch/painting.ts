import { setImmediate as nextTurn } from 'node:timers/promises';
import { createCanvas } from './canvas.js';
import { type Channels, channelsOf, colourOf } from './colour.js';
import { toneAt } from './palette.js';
import type { PromptReading } from './prompt-reading.js';
import type { Random } from './random.js';
import { type Bitmap, blend, open, pixelsOf, rasterize } from './rendering.js';
import { composeScene } from './scene.js';
import { n } from './svg.js';

/**
 * Paints a picture again with brush strokes: the stronger, the more its colours turn to those that
 * the prompt calls up, and its shapes to the scene that the prompt alone would give.
 * `strength` 0 gives the input itself, 1 next to nothing of it.
 */
export async function paintOver(
  input: Bitmap,
  reading: PromptReading,
  seed: number,
  strength: number,
): Promise<Bitmap> {
  if (strength <= 0) return input;
  const { width, height } = input;
  const motif = await mixMotif(input, reading, seed, strength);
  const canvas = createCanvas(reading, seed, width, height);
  const strokes = await brushStrokes(motif, canvas.stream('strokes'), width, height);
  const ground = colourOf(colourAt(motif, 0.5, 0.5));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="${ground}"/><g fill="none" stroke-linecap="round">${strokes}</g></svg>`;
  return blend(input, await rasterize(svg), Math.min(1, strength / 0.4));
}

/** What is to be painted, small: a stroke needs no finer model. */
async function mixMotif(
  input: Bitmap,
  reading: PromptReading,
  seed: number,
  strength: number,
): Promise<Bitmap> {
  const scale = Math.min(1, motifSide / Math.max(input.width, input.height));
  const width = Math.max(8, Math.round(input.width * scale));
  const height = Math.max(8, Math.round(input.height * scale));
  const small = await pixelsOf(open(input).resize(width, height, { fit: 'fill' }));
  const scene = await rasterize(composeScene(reading, seed, input, { width, height }));

  const { light, accent } = createCanvas(reading, seed, input.width, input.height);
  const tones = [light.top, light.middle, accent, light.low, light.glow].map(channelsOf);
  const tint = 0.62 * strength;
  const newness = 0.92 * Math.max(0, (strength - 0.4) / 0.6) ** 1.4;
  const data = Buffer.allocUnsafe(small.data.length);
  for (let at = 0; at < data.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = small.data.subarray(at, at + 3);
    const toned = toneAt(tones, (0.299 * red + 0.587 * green + 0.114 * blue) / 255);
    for (let channel = 0; channel < 3; channel++) {
      const own = small.data[at + channel] ?? 0;
      const tinted = own + ((toned[channel] ?? 0) - own) * tint;
      data[at + channel] = tinted + ((scene.data[at + channel] ?? 0) - tinted) * newness;
    }
  }
  return { data, width, height };
}

const motifSide = 340;

const layers = [
  { spacing: 3, thick: 4.2, length: 9, leastDetail: 0 },
  { spacing: 1.5, thick: 1.9, length: 3.8, leastDetail: 5 },
  { spacing: 0.7, thick: 0.8, length: 1.7, leastDetail: 12 },
] as const;

/** Broad strokes all over, then finer ones where there is something to see. */
async function brushStrokes(motif: Bitmap, random: Random, width: number, height: number) {
  const unit = Math.min(width, height) / 100;
  const strokes: string[] = [];
  for (const layer of layers) {
    const step = layer.spacing * unit;
    for (let top = 0; top < height; top += step) {
      for (let left = 0; left < width; left += step) {
        const spot = { x: left + random() * step, y: top + random() * step };
        strokes.push(brushStroke(motif, random, layer, spot, width, height));
      }
      // A row is a few hundred strokes; then everyone else's turn.
      await nextTurn();
    }
  }
  return strokes.join('');
}

function brushStroke(
  motif: Bitmap,
  random: Random,
  { thick, length, leastDetail }: (typeof layers)[number],
  { x, y }: { readonly x: number; readonly y: number },
  width: number,
  height: number,
): string {
  const unit = Math.min(width, height) / 100;
  const slope = slopeAt(motif, x / width, y / height);
  const detail = Math.hypot(slope.x, slope.y);
  if (detail < leastDetail) return '';
  // Along an edge where there is one; a habit of the hand elsewhere.
  const angle = detail > 4 ? Math.atan2(slope.x, -slope.y) : -0.7 + random() * 0.6;
  // Short where much goes on, lest one stroke smears a face.
  const care = 1 / (1 + detail / 22);
  const half = (length * unit * care * (0.6 + random() * 0.8)) / 2;
  const dx = Math.cos(angle) * half;
  const dy = Math.sin(angle) * half;
  const colour = varied(colourAt(motif, x / width, y / height), random);
  const wide = thick * unit * Math.sqrt(care) * (0.7 + random() * 0.6);
  return `<path d="M${n(x - dx)} ${n(y - dy)}L${n(x + dx)} ${n(y + dy)}" stroke="${colour}" stroke-width="${n(wide)}"/>`;
}

function varied([red, green, blue]: Channels, random: Random): string {
  const shift = (random() - 0.5) * 16;
  return colourOf([red + shift, green + shift, blue + shift]);
}

function colourAt({ data, width, height }: Bitmap, x: number, y: number): Channels {
  const column = Math.max(0, Math.min(width - 1, Math.floor(x * width)));
  const row = Math.max(0, Math.min(height - 1, Math.floor(y * height)));
  const at = (row * width + column) * 3;
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
}

/** How brightness changes to the right and downwards. */
function slopeAt(motif: Bitmap, x: number, y: number) {
  const reach = { x: 1.5 / motif.width, y: 1.5 / motif.height };
  const brightness = (dx: number, dy: number) => {
    const [red, green, blue] = colourAt(motif, x + dx, y + dy);
    return (red + green + blue) / 3;
  };
  return {
    x: brightness(reach.x, 0) - brightness(-reach.x, 0),
    y: brightness(0, reach.y) - brightness(0, -reach.y),
  };
}
