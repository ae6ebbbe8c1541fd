import sharp from 'sharp';
import { imageGate } from './image-gate.js';

/** A drawing of our own, without text in it, as PNG. */
export async function rasterize(svg: string): Promise<Uint8Array> {
  return imageGate.run(() => sharp(Buffer.from(svg)).png().toBuffer());
}
