import sharp, { type OverlayOptions } from 'sharp';
import { imageGate } from './image-gate.js';
import { ImageError, resultImageLimits } from './inspection.js';

export interface GridOptions {
  /** Pixels on the longer side, at most. */
  readonly maxSide?: number;
  /** Pixels between two pictures. */
  readonly gap?: number;
  /** A CSS colour, seen in the gaps. */
  readonly background?: string;
  /** JPEG quality, 1 to 100. */
  readonly quality?: number;
}

export interface EncodedImage {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
}

export interface GridCell {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Narrower or wider pictures stand with bars beside them, lest one fills the whole sheet. */
const extremeRatio = 4;

/**
 * One JPEG of several pictures, in reading order: four as 2×2, others in the rows that make the
 * sheet nearest to a square. Each row's pictures share a height and fill the width, so that aspects
 * are kept and no cell is empty. Pictures are never enlarged beyond their own size.
 * @throws ImageError `broken` when one of them can't be read
 */
export async function composeGrid(
  images: readonly Uint8Array[],
  options: GridOptions = {},
): Promise<EncodedImage> {
  if (images.length === 0) throw new RangeError('A grid needs at least one image, got 0');
  const { maxSide = 2048, gap = 8, background = '#17181c', quality = 90 } = options;
  return imageGate.run(async () => {
    const opened = images.map((bytes) =>
      sharp(bytes, { limitInputPixels: resultImageLimits.maxPixels }).autoOrient(),
    );
    const sizes = await Promise.all(
      opened.map(async (image) => (await image.metadata().catch(broken)).autoOrient),
    );
    const sheet = layOutGrid(sizes, maxSide, gap);
    const tiles: OverlayOptions[] = [];
    for (const [i, { left, top, width, height }] of sheet.cells.entries()) {
      const tile = opened[i]?.resize(width, height, { fit: fitOf(sizes[i]), background });
      if (!tile) continue;
      const { data, info } = await tile
        .toColourspace('srgb')
        .raw()
        .toBuffer({ resolveWithObject: true })
        .catch(broken);
      const raw = { width: info.width, height: info.height, channels: info.channels };
      tiles.push({ input: data, raw, left, top });
    }
    const { width, height } = sheet;
    const bytes = await sharp({ create: { width, height, channels: 3, background } })
      .composite(tiles)
      .jpeg({ quality, chromaSubsampling: '4:4:4' })
      .toBuffer();
    return { bytes, mediaType: 'image/jpeg', width, height };
  });
}

function broken(cause: unknown): never {
  throw new ImageError({ kind: 'broken' }, { cause });
}

/** Where each picture stands on the sheet, in whole pixels. */
export function layOutGrid(
  sizes: readonly { readonly width: number; readonly height: number }[],
  maxSide: number,
  gap: number,
): { width: number; height: number; cells: readonly GridCell[] } {
  const ratios = sizes.map(({ width, height }) => clampedRatio(width / height));
  const rows = bestRows(ratios);
  const columnsAtMost = Math.max(...rows.map((row) => row.length));
  // With gaps set aside, the sheet is `unit` wide and `unit * tallness` high.
  const tallness = rows.reduce((sum, row) => sum + 1 / total(row), 0);
  const gapsDown = gap * (rows.length - 1);
  const widthOf = (i: number) => sizes[i]?.width ?? 1;
  let largestUnit = 1;
  let index = 0;
  for (const row of rows) {
    for (const ratio of row) {
      const natural = (widthOf(index++) * total(row)) / ratio + gap * (row.length - 1);
      largestUnit = Math.max(largestUnit, natural);
    }
  }
  const width = Math.max(
    columnsAtMost * (gap + 1),
    Math.round(Math.min(maxSide, largestUnit, (maxSide - gapsDown) / tallness)),
  );

  const cells: GridCell[] = [];
  let top = 0;
  for (const row of rows) {
    const inner = width - gap * (row.length - 1);
    const height = Math.max(1, Math.floor(inner / total(row)));
    let left = 0;
    for (const [i, ratio] of row.entries()) {
      const isLast = i === row.length - 1;
      const cellWidth = isLast ? width - left : Math.max(1, Math.round(height * ratio));
      cells.push({ left, top, width: cellWidth, height });
      left += cellWidth + gap;
    }
    top += height + gap;
  }
  return { width, height: top - gap, cells };
}

/** Splits the pictures into the rows whose sheet is nearest to a square; four always into two. */
function bestRows(ratios: readonly number[]): readonly (readonly number[])[] {
  if (ratios.length === 4) return [ratios.slice(0, 2), ratios.slice(2)];
  let best: readonly (readonly number[])[] = [ratios];
  let bestScore = Number.POSITIVE_INFINITY;
  for (let count = 1; count <= ratios.length; count++) {
    const rows = evenRows(ratios, count);
    const tallness = rows.reduce((sum, row) => sum + 1 / total(row), 0);
    const score = Math.abs(Math.log(tallness));
    if (score < bestScore) {
      best = rows;
      bestScore = score;
    }
  }
  return best;
}

/** Longer rows come last: 5 in two rows is 2 and 3. */
function evenRows(ratios: readonly number[], count: number): readonly (readonly number[])[] {
  const rows: number[][] = [];
  let start = 0;
  for (let row = 0; row < count; row++) {
    const length = Math.floor((ratios.length - start) / (count - row));
    rows.push(ratios.slice(start, start + length));
    start += length;
  }
  return rows;
}

function total(row: readonly number[]): number {
  return row.reduce((sum, ratio) => sum + ratio, 0);
}

function clampedRatio(ratio: number): number {
  return Math.min(extremeRatio, Math.max(1 / extremeRatio, ratio));
}

function fitOf(size: { width: number; height: number } | undefined): 'contain' | 'fill' {
  const ratio = size ? size.width / size.height : 1;
  return clampedRatio(ratio) === ratio ? 'fill' : 'contain';
}
