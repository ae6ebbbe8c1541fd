import { createHash } from 'node:crypto';
import sharp from 'sharp';

export interface PictureWish {
  readonly width: number;
  readonly height: number;
  /** The same noise for the same name. */
  readonly noise: string;
  /** What shines through, by as much as `share` leaves; `share` is 1 for noise alone. */
  readonly source?: Buffer | undefined;
  readonly share?: number | undefined;
  /** White where noise is laid. */
  readonly mask?: Buffer | undefined;
}

/** Not what a model draws, but decided by the same things. */
export async function pictureOf(wish: PictureWish): Promise<Buffer> {
  const { width, height, share = 1 } = wish;
  const rgb = (image: Buffer) =>
    sharp(image)
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .resize(width, height, { fit: 'cover' })
      .raw()
      .toBuffer();
  const drawn = await noiseOf(wish.noise).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  const below = wish.source && (await rgb(wish.source));
  const mask = wish.mask && (await rgb(wish.mask));
  for (let i = 0; below && i < drawn.length; i++) {
    const noisy = (mask ? (mask[i] ?? 0) / 255 : 1) * share;
    drawn[i] = (drawn[i] ?? 0) * noisy + (below[i] ?? 0) * (1 - noisy);
  }
  const raw = { width, height, channels: 3 } as const;
  return sharp(drawn, { raw }).png({ compressionLevel: 1 }).toBuffer();
}

function noiseOf(name: string) {
  const pixels = Buffer.concat(
    Array.from({ length: 6 }, (_, row) => createHash('sha256').update(`${row}/${name}`).digest()),
  );
  return sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } });
}
