import {
  type BatchView,
  type Engine,
  EngineError,
  type ImageView,
  joined,
} from '../engine/index.js';
import type { PanelThumbnail } from './panel.js';

/** Enough for a thumbnail on either platform. */
const thumbnailFit = { maxBytes: 200_000, maxSideSum: 640 } as const;

export function imagesOf(batch: BatchView): readonly ImageView[] {
  return batch.tasks.flatMap(({ images }) => images);
}

/** Null where the image is no longer stored. */
export async function thumbnailOf(
  engine: Pick<Engine, 'readImageWithin'>,
  image: ImageView,
  description: string,
): Promise<PanelThumbnail | null> {
  const read = await unlessGone(engine.readImageWithin(image.id, thumbnailFit));
  if (!read) return null;
  return { id: image.id, description, bytes: joined(read.pieces), mediaType: read.mediaType };
}

/** Those of the images that are still stored, in order. */
export async function storedAmong(
  engine: Pick<Engine, 'readImage'>,
  images: readonly ImageView[],
): Promise<ImageView[]> {
  const found = await Promise.all(images.map(({ id }) => unlessGone(engine.readImage(id))));
  return images.filter((_, index) => found[index] !== undefined);
}

async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const kind = error instanceof EngineError ? error.problem.kind : undefined;
    if (kind === 'images-gone' || kind === 'unknown-image' || kind === 'unreadable-image') {
      return undefined;
    }
    throw error;
  }
}
