import sharp from 'sharp';
import { digits } from './drawn-digits.js';
import { imageGate } from './image-gate.js';

/** Pixels. */
const badge = { width: 56, height: 40, scale: 2 } as const;

/** The picture with a number in its corner, as PNG. */
export async function withNumber(picture: Uint8Array, number: number): Promise<Uint8Array> {
  const { width, height, scale } = badge;
  const middle = width / 2 / scale;
  const top = (height / scale - 10) / 2;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`,
    '<rect width="100%" height="100%" fill="#17181c" fill-opacity="0.75"/>',
    `<g transform="scale(${scale})">${digits(String(number), middle, top, 'middle', '#ffffff')}</g>`,
    '</svg>',
  ].join('');
  return imageGate.run(() =>
    sharp(picture)
      .composite([{ input: Buffer.from(svg), left: 0, top: 0 }])
      .png({ compressionLevel: 1 })
      .toBuffer(),
  );
}
