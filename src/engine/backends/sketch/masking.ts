import { type Bitmap, open, pixelsOf } from './rendering.js';

/** A part of a picture, in pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Nothing can be drawn on a smaller sheet. */
const leastSide = 32;
/** Below it, a mask's byte is noise of its encoding. */
const leastMarked = 24;

/** The smallest part that holds all that a mask marks; undefined where it marks nothing. */
export function markedRegion(
  mask: Uint8Array,
  { width, height }: Pick<Bitmap, 'width' | 'height'>,
): Region | undefined {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if ((mask[row * width + column] ?? 0) < leastMarked) continue;
      left = Math.min(left, column);
      right = Math.max(right, column);
      top = Math.min(top, row);
      bottom = row;
    }
  }
  if (right < 0) return undefined;
  const across = atLeast(leastSide, left, right + 1, width);
  const down = atLeast(leastSide, top, bottom + 1, height);
  return { left: across.from, width: across.length, top: down.from, height: down.length };
}

/** The stretch, made longer to both sides where it is too short, within what there is. */
function atLeast(least: number, from: number, to: number, limit: number) {
  const length = Math.min(limit, Math.max(least, to - from));
  const start = Math.round((from + to - length) / 2);
  return { from: Math.max(0, Math.min(limit - length, start)), length };
}

export function cut(picture: Bitmap, region: Region): Promise<Bitmap> {
  return pixelsOf(open(picture).extract({ ...region }));
}

/** Lays the part where it was cut from, as far as the mask lets it through. */
export function layIn(picture: Bitmap, part: Bitmap, region: Region, mask: Uint8Array): Bitmap {
  const data = Buffer.from(picture.data);
  for (let row = 0; row < region.height; row++) {
    for (let column = 0; column < region.width; column++) {
      const at = (region.top + row) * picture.width + region.left + column;
      const share = (mask[at] ?? 0) / 255;
      if (share === 0) continue;
      for (let channel = 0; channel < 3; channel++) {
        const own = data[at * 3 + channel] ?? 0;
        const drawn = part.data[(row * region.width + column) * 3 + channel] ?? 0;
        data[at * 3 + channel] = own + (drawn - own) * share;
      }
    }
  }
  return { ...picture, data };
}
