import type { PhotoSize } from 'grammy/types';
import sharp from 'sharp';
import { badRequest } from './api-error.js';
import type { FileStore } from './file-store.js';

const maxPhotoBytes = 10 * 1024 * 1024;
const maxSideSum = 10_000;
const maxRatio = 20;
/** The boxes that Telegram's sizes `s`, `m`, `x` and `y` fit in, in pixels. */
const boxes = [90, 320, 800, 1280];
const photoFormats = new Set(['jpeg', 'png', 'webp', 'gif']);

/**
 * Makes a bot's upload a photo: JPEGs in several sizes, of which the last is the largest, as
 * Telegram does. Throws 400 for what Telegram takes for no photo
 * (core.telegram.org/bots/api#sendphoto).
 */
export async function storeUploadedPhoto(bytes: Buffer, files: FileStore): Promise<PhotoSize[]> {
  checkPhotoBytes(bytes);
  const { width, height } = await readDimensions(bytes);
  if (width + height > maxSideSum || Math.max(width / height, height / width) > maxRatio) {
    throw badRequest('PHOTO_INVALID_DIMENSIONS');
  }
  try {
    return await storeSizes(bytes, width, height, files);
  } catch (error) {
    throw unreadable(error);
  }
}

/** The limit that is checked before anything is read, so it comes before all other refusals. */
function checkPhotoBytes(bytes: Buffer): void {
  if (bytes.length === 0) throw badRequest('file must be non-empty');
  if (bytes.length > maxPhotoBytes) {
    throw badRequest(
      `file of size ${bytes.length} bytes is too big for a photo; the maximum size is ${maxPhotoBytes} bytes`,
    );
  }
}

/**
 * What a person's own client does with a picture: the same sizes, without a bot's limits. Damaged
 * bytes stay as they are, in one size, so that a bot can be tested with them.
 */
export async function storePersonalPhoto(bytes: Buffer, files: FileStore): Promise<PhotoSize[]> {
  const { width, height } = await readDimensions(bytes);
  try {
    return await storeSizes(bytes, width, height, files);
  } catch {
    const file = files.add({ kind: 'photo', bytes });
    const size = {
      file_id: file.fileId,
      file_unique_id: file.fileUniqueId,
      width,
      height,
      file_size: bytes.length,
    };
    files.groupPhoto([size]);
    return [size];
  }
}

async function readDimensions(bytes: Buffer): Promise<{ width: number; height: number }> {
  try {
    const { format, autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (!photoFormats.has(format)) throw new Error(`${format} is no photo`);
    return autoOrient;
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(cause: unknown): Error {
  const refusal = badRequest('IMAGE_PROCESS_FAILED');
  refusal.cause = cause;
  return refusal;
}

async function storeSizes(bytes: Buffer, width: number, height: number, files: FileStore) {
  const longest = Math.max(width, height);
  const targets = [...boxes.filter((box) => box < longest), Math.min(longest, 1280)];
  const source = sharp(bytes, { limitInputPixels: false })
    .autoOrient()
    .flatten({ background: '#fff' });
  const encoded = await Promise.all(
    [...new Set(targets)].map((box) =>
      source
        .clone()
        .resize({ width: box, height: box, fit: 'inside', withoutEnlargement: true })
        .jpeg({ quality: 87 })
        .toBuffer({ resolveWithObject: true }),
    ),
  );
  const sizes = encoded.map(({ data, info }): PhotoSize => {
    const file = files.add({ kind: 'photo', bytes: data, mediaType: 'image/jpeg' });
    return {
      file_id: file.fileId,
      file_unique_id: file.fileUniqueId,
      width: info.width,
      height: info.height,
      file_size: data.length,
    };
  });
  files.groupPhoto(sizes);
  return sizes;
}
