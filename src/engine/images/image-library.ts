import type { Database } from '../db/connection.js';
import { gathered } from '../db/gathered.js';
import type { ImageFit, StoredInput } from '../engine.js';
import { EngineError } from '../engine-error.js';
import { type ArchiveEntry, defaultArchiveLimits, openArchive } from './archive.js';
import { type FilePieces, joined, lengthOf } from './file-pieces.js';
import { composeGrid } from './grid.js';
import { findImages, insertInput } from './image.repository.js';
import { createGate } from './image-gate.js';
import { ImageMissingError } from './image-store.js';
import { decodeInput, ImageError, type ImageLimits, resultImageLimits } from './inspection.js';
import { readTexts, writeTexts } from './metadata/image-metadata.js';
import type { ImageTexts } from './metadata/image-texts.js';
import type { RecentImages } from './recent-images.js';
import { fitImage, isFitting } from './size-ladder.js';
import { largestEntry, type ZipFileEntry, zipArchives } from './zip-archive.js';

interface Picture {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

interface PictureFile {
  readonly pieces: FilePieces;
  readonly mediaType: string;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Grids are shown several times while a card settles: the last few stay in memory. */
const cachedGrids = 16;

/** Each stands in memory, up to 200 MB of it. */
const archivesAtOnce = 2;

/** What chat reads and keeps of images: records and store together. */
export function createImageLibrary(db: Database, store: RecentImages, limits: ImageLimits) {
  const archiveGate = createGate(archivesAtOnce);
  const grids = new Map<string, Promise<Picture>>();
  const findImage = gathered((imageIds: readonly string[]) => findImages(db, imageIds));

  async function readFile(imageId: string): Promise<PictureFile & Size> {
    const row = await findImage(imageId);
    if (!row) throw new EngineError({ kind: 'unknown-image', id: imageId });
    if (row.removedAt) throw new EngineError({ kind: 'images-gone', id: row.batchId });
    try {
      const { storageKey, mediaType, width, height } = row;
      return { pieces: await store.getPieces(storageKey), mediaType, width, height };
    } catch (error) {
      if (error instanceof ImageMissingError) {
        throw new EngineError({ kind: 'images-gone', id: row.batchId });
      }
      throw error;
    }
  }

  async function readImage(imageId: string): Promise<Picture> {
    const { pieces, mediaType } = await readFile(imageId);
    return { bytes: joined(pieces), mediaType };
  }

  async function keep(bytes: Uint8Array, within: ImageLimits): Promise<StoredInput> {
    const image = await decodeInput(bytes, within);
    const storageKey = await store.put([image.bytes], image.mediaType);
    const { mediaType, width, height } = image;
    const byteLength = image.bytes.byteLength;
    const id = await insertInput(db, { storageKey, mediaType, width, height, byteLength });
    return { id, mediaType, width, height };
  }

  async function readImageWithin(
    imageId: string,
    fit: ImageFit,
  ): Promise<PictureFile & { readonly changed: boolean }> {
    const image = await readFile(imageId);
    if (isFitting(image, fit)) return { ...image, changed: false };
    const bytes = joined(image.pieces);
    const texts = readTexts(bytes);
    const maxBytes = fit.maxBytes - (texts ? roomFor(texts) : 0);
    const { changed, ...fitted } = await fitImage(bytes, { ...fit, maxBytes }).catch(unreadable);
    const pieces = changed ? writeTexts(fitted, texts) : [fitted.bytes];
    return { pieces, mediaType: fitted.mediaType, changed };
  }

  /** What is gone by now is left out. */
  async function* entriesOf(
    imageIds: readonly string[],
    maxBytes: number,
  ): AsyncGenerator<ZipFileEntry> {
    for (const [index, imageId] of imageIds.entries()) {
      try {
        const original = await readFile(imageId);
        const isTooLarge = lengthOf(original.pieces) > maxBytes;
        const { pieces, mediaType } = isTooLarge
          ? await readImageWithin(imageId, { maxBytes })
          : original;
        const number = String(index + 1).padStart(String(imageIds.length).length, '0');
        yield {
          name: `easel-${number}-${imageId}.${extensionOf(mediaType)}`,
          bytes: joined(pieces),
        };
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
      }
    }
  }

  return {
    readImage,

    /** What comes in, as `Engine` says. */
    inputs: {
      ...limits,
      archiveMaxBytes: defaultArchiveLimits.maxBytes,
      keep: (bytes: Uint8Array) => keep(bytes, limits),
      /** Copied, so that deleting the one leaves the other. */
      async keepImage(imageId: string): Promise<StoredInput> {
        const { bytes } = await readImage(imageId);
        return keep(bytes, resultImageLimits);
      },
      readArchive<T>(
        fetch: () => Promise<Uint8Array>,
        use: (entries: readonly ArchiveEntry[]) => Promise<T>,
      ): Promise<T> {
        return archiveGate.run(async () => {
          const within = { ...defaultArchiveLimits, maxImageBytes: limits.maxBytes };
          return use(await openArchive(await fetch(), within));
        });
      },
    },

    async readGrid(imageIds: readonly string[]): Promise<Picture> {
      const key = imageIds.join(' ');
      const cached = grids.get(key);
      if (cached !== undefined) return cached;
      const made = Promise.all(imageIds.map(readImage)).then((images) =>
        composeGrid(images.map((image) => image.bytes)).catch(unreadable),
      );
      grids.set(key, made);
      made.catch(() => grids.delete(key));
      const oldest = grids.keys().next().value;
      if (grids.size > cachedGrids && oldest !== undefined) grids.delete(oldest);
      return made;
    },

    readImageWithin,

    readArchives: (imageIds: readonly string[], { maxBytes }: { readonly maxBytes: number }) =>
      zipArchives(entriesOf(imageIds, largestEntry(maxBytes)), maxBytes),
  };
}

/** Chat goes without a picture, and does not try it again for ever. */
function unreadable(error: unknown): never {
  if (!(error instanceof ImageError)) throw error;
  throw new EngineError({ kind: 'unreadable-image' }, { cause: error });
}

function extensionOf(mediaType: string): string {
  return mediaType === 'image/jpeg' ? 'jpg' : mediaType.replace(/^image\//, '');
}

/** What they add to a file at most: three bytes a character, and the structure around them. */
function roomFor({ parameters, easel }: ImageTexts): number {
  return 3 * (parameters.length + easel.length) + 1024;
}
