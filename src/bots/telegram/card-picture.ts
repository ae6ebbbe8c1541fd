import { createHash } from 'node:crypto';
import type { CardPicture } from '../../chat/index.js';
import { type Engine, EngineError, type FilePieces } from '../../engine/index.js';

/** sendPhoto's limits (core.telegram.org/bots/api#sendphoto). Telegram makes a JPEG of every photo. */
export const photoLimits = {
  maxBytes: 10_000_000,
  maxSideSum: 10_000,
  maxRatio: 20,
  preferMediaTypes: ['image/jpeg', 'image/png'],
};
/** More than a sheet can show so that one still sees what they are. */
const maxGridImages = 25;

/** What a card brings along; kept pictures stand in the chat already. */
export type UploadedPicture = Exclude<CardPicture, { kind: 'kept' }>;

export interface PictureFile {
  readonly pieces: FilePieces;
  readonly name: string;
}

/** Names what a card shows: the same key is the same picture. */
export function pictureKey(picture: UploadedPicture): string {
  if (picture.kind === 'preview') return 'preview';
  const ids = picture.images.map(({ id }) => id).join(' ');
  return createHash('sha256').update(ids).digest('base64url').slice(0, 16);
}

/**
 * The one photo that a Telegram card has room for: the preview, the image, or the grid of several.
 * Undefined where the images are no longer stored.
 */
export async function readPicture(
  engine: Engine,
  picture: UploadedPicture,
): Promise<PictureFile | undefined> {
  if (picture.kind === 'preview') {
    return { pieces: [picture.bytes], name: `preview.${extensionOf(picture.mediaType)}` };
  }
  const ids = picture.images.map(({ id }) => id).slice(0, maxGridImages);
  const [first] = ids;
  if (first === undefined) return undefined;
  try {
    if (ids.length > 1) {
      const { bytes, mediaType } = await engine.readGrid(ids);
      return { pieces: [bytes], name: `grid.${extensionOf(mediaType)}` };
    }
    const { pieces, mediaType } = await engine.readImageWithin(first, photoLimits);
    return { pieces, name: `${first}.${extensionOf(mediaType)}` };
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

export function extensionOf(mediaType: string): string {
  return mediaType === 'image/jpeg'
    ? 'jpg'
    : (/^image\/([a-z0-9]+)$/.exec(mediaType)?.[1] ?? 'bin');
}
