import { randomBytes } from 'node:crypto';
import sharp from 'sharp';

/** A picture that no encoder shrinks by much. */
export function noise(width: number, height: number) {
  const raw = randomBytes(width * height * 3);
  return sharp(raw, { raw: { width, height, channels: 3 } });
}

export function plain(width: number, height: number, background = '#c86432') {
  return sharp({ create: { width, height, channels: 3, background } });
}

/** The colour of one pixel. */
export async function colourAt(bytes: Uint8Array, left: number, top: number): Promise<number[]> {
  const pixel = sharp(bytes).removeAlpha().extract({ left, top, width: 1, height: 1 });
  return [...(await pixel.raw().toBuffer())];
}
