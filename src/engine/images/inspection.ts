import sharp, { type Sharp } from 'sharp';
import { imageGate } from './image-gate.js';
import { announcesAnimation, sniffMediaType } from './image-type.js';

const readableTypes = [
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'image/avif',
  'image/tiff',
] as const;

/** What the bytes of an image say of themselves, read from the header before anything is decoded. */
export interface ImageInfo {
  readonly mediaType: (typeof readableTypes)[number];
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly animated: boolean;
}

export interface ImageLimits {
  readonly maxBytes: number;
  readonly maxPixels: number;
}

export type ImageProblem =
  | { readonly kind: 'not-an-image' }
  | { readonly kind: 'unsupported-type'; readonly mediaType: string }
  | { readonly kind: 'too-many-bytes'; readonly bytes: number; readonly maxBytes: number }
  | { readonly kind: 'too-many-pixels'; readonly pixels: number; readonly maxPixels: number }
  | { readonly kind: 'broken' }
  /** Of a zip's entry. */
  | { readonly kind: 'encrypted' }
  /** Of a zip's entry: it says that it grows more than this many times. */
  | { readonly kind: 'inflates-too-much'; readonly maxRatio: number };

/** Thrown by all that reads images from outside; the chat layer turns `problem` into a text. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly problem: ImageProblem;

  constructor(problem: ImageProblem, options?: ErrorOptions) {
    super(`Image refused: ${JSON.stringify(problem)}`, options);
    this.problem = problem;
  }
}

export const defaultImageLimits: ImageLimits = { maxBytes: 20_000_000, maxPixels: 50_000_000 };

/** Backends may answer with more than people may send; all that is stored can be read again. */
export const resultImageLimits: ImageLimits = { maxBytes: 100_000_000, maxPixels: 200_000_000 };

/**
 * Reads type and size from the header alone: what is too large is refused before it costs memory.
 * Names and content types are not asked, as senders choose them.
 * @throws ImageError
 */
export async function inspectImage(
  bytes: Uint8Array,
  limits: ImageLimits = defaultImageLimits,
): Promise<ImageInfo> {
  if (bytes.byteLength > limits.maxBytes) {
    const { maxBytes } = limits;
    throw new ImageError({ kind: 'too-many-bytes', bytes: bytes.byteLength, maxBytes });
  }
  const mediaType = sniffMediaType(bytes);
  if (mediaType === undefined) throw new ImageError({ kind: 'not-an-image' });
  if (!isReadable(mediaType)) throw new ImageError({ kind: 'unsupported-type', mediaType });

  // The limit is checked below, by a number that can be told; no pixel is decoded here.
  const header = sharp(bytes, { limitInputPixels: false });
  const { autoOrient, pages } = await header.metadata().catch((cause: unknown) => {
    throw new ImageError({ kind: 'broken' }, { cause });
  });
  const { width, height } = autoOrient;
  const pixels = width * height;
  if (pixels > limits.maxPixels) {
    throw new ImageError({ kind: 'too-many-pixels', pixels, maxPixels: limits.maxPixels });
  }
  const animated =
    mediaType !== 'image/tiff' && ((pages ?? 1) > 1 || announcesAnimation(bytes, mediaType));
  return { mediaType, width, height, animated };
}

function isReadable(mediaType: string): mediaType is ImageInfo['mediaType'] {
  return (readableTypes as readonly string[]).includes(mediaType);
}

export interface DecodedInput {
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp';
  readonly width: number;
  readonly height: number;
}

/**
 * The only way in for an image from outside. Decodes all of it, so that a truncated one is found;
 * turns it upright, takes the first frame, converts to 8-bit sRGB, drops all metadata (a photo's
 * place among it), and writes it anew: photographs as JPEG, the rest as PNG.
 * @throws ImageError
 */
export async function decodeInput(
  bytes: Uint8Array,
  limits: ImageLimits = defaultImageLimits,
): Promise<DecodedInput> {
  const { mediaType } = await inspectImage(bytes, limits);
  return imageGate.run(async () => {
    // Not `warning`: many a phone's good photo has stray bytes between its markers.
    const reading = { failOn: 'error', limitInputPixels: limits.maxPixels } as const;
    const upright = sharp(bytes, reading).autoOrient().toColourspace('srgb');
    try {
      const { hasAlpha } = await upright.metadata();
      const opaque = !hasAlpha || (await sharp(bytes, reading).stats()).isOpaque;
      const isLossy = mediaType !== 'image/png' && mediaType !== 'image/gif';
      if (opaque && isLossy) return await written(upright.jpeg(photograph), 'image/jpeg');
      const lossless = await written(
        (opaque ? upright.removeAlpha() : upright).png({ compressionLevel: 6 }),
        'image/png',
      );
      if (lossless.bytes.byteLength <= limits.maxBytes) return lossless;
      return opaque
        ? await written(upright.jpeg(photograph), 'image/jpeg')
        : await written(upright.webp({ quality: 95 }), 'image/webp');
    } catch (cause) {
      throw new ImageError({ kind: 'broken' }, { cause });
    }
  });
}

const photograph = { quality: 95, chromaSubsampling: '4:4:4' };

async function written(image: Sharp, mediaType: DecodedInput['mediaType']): Promise<DecodedInput> {
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  return { bytes: data, mediaType, width: info.width, height: info.height };
}
