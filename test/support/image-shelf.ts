import { Readable } from 'node:stream';
import sharp from 'sharp';
import type { CardPicture } from '../../src/chat/index.js';
import { zipArchives } from '../../src/engine/images/zip-archive.js';
import type { Engine } from '../../src/engine/index.js';

type ImageReader = Pick<Engine, 'readImage' | 'readGrid' | 'readImageWithin' | 'readArchives'>;

/** Finished images without an engine behind them: real bytes, by id. */
export interface ImageShelf extends ImageReader {
  /** Puts `count` new images on the shelf, as a finished card names them. */
  results(count: number): Promise<Extract<CardPicture, { kind: 'results' }>>;
  preview(): Promise<Extract<CardPicture, { kind: 'preview' }>>;
}

export function createImageShelf(): ImageShelf {
  const shelf = new Map<string, Uint8Array>();

  async function paint(hue: number, side = 64): Promise<Uint8Array> {
    const background = `hsl(${hue % 360}, 70%, 50%)`;
    const create = { width: side, height: side, channels: 3 as const, background };
    return sharp({ create }).png().toBuffer();
  }

  function take(imageId: string): Uint8Array {
    const bytes = shelf.get(imageId);
    if (!bytes) throw new Error(`No image ${imageId} on the shelf`);
    return bytes;
  }

  return {
    async results(count) {
      const images = [];
      for (let index = 0; index < count; index++) {
        const id = `image${shelf.size}`;
        const bytes = await paint(shelf.size * 47);
        shelf.set(id, bytes);
        images.push({
          id,
          width: 64,
          height: 64,
          byteLength: bytes.byteLength,
          mediaType: 'image/png',
          description: `a fox, seed ${index}`,
          label: `${index + 1}/${count}`,
          finishedAtMs: index,
        });
      }
      return { kind: 'results', images };
    },
    async preview() {
      const bytes = await sharp(await paint(120))
        .jpeg()
        .toBuffer();
      return { kind: 'preview', bytes, mediaType: 'image/jpeg' };
    },
    readImage: async (imageId) => ({ bytes: take(imageId), mediaType: 'image/png' }),
    readImageWithin: async (imageId, { maxBytes }) => {
      const bytes = take(imageId);
      if (bytes.byteLength > maxBytes) throw new Error(`Image ${imageId} is over ${maxBytes}`);
      return { pieces: [bytes], mediaType: 'image/png', changed: false };
    },
    async *readArchives(imageIds, { maxBytes }) {
      const files = imageIds.map((id) => ({ name: `${id}.png`, bytes: take(id) }));
      yield* zipArchives(Readable.from(files), maxBytes);
    },
    readGrid: async (imageIds) => {
      const tiles = imageIds.map((id, index) => ({ input: take(id), left: index * 64, top: 0 }));
      const create = { width: 64 * tiles.length, height: 64, channels: 3 as const };
      const bytes = await sharp({ create: { ...create, background: '#000' } })
        .composite(tiles.map(({ input, ...place }) => ({ input: Buffer.from(input), ...place })))
        .jpeg()
        .toBuffer();
      return { bytes, mediaType: 'image/jpeg' };
    },
  };
}
