import sharp, { type Sharp } from 'sharp';
import type { EncodedImage } from './grid.js';
import { imageGate } from './image-gate.js';
import { defaultImageLimits, ImageError } from './inspection.js';

export interface FitLimits {
  readonly maxBytes: number;
  /** Pixels on the longer side. */
  readonly maxSide?: number;
  /** Pixels of width and height together. */
  readonly maxSideSum?: number;
  /** Longer side to shorter side. A narrower picture gets bars beside it. */
  readonly maxRatio?: number;
  /**
   * Types that may come out. An original of one of them stays as it is when it fits; otherwise the
   * first of WebP and JPEG in this list is written.
   */
  readonly preferMediaTypes?: readonly string[];
}

export interface FittedImage extends EncodedImage {
  /** False when the bytes are the given ones. */
  readonly changed: boolean;
}

/** Discord: 10 MiB a file on a server without boosts. */
export const discordFileLimits: FitLimits = { maxBytes: 10 * 1024 * 1024 };

/** Telegram's `sendPhoto`: 10 MB, width and height together 10000, ratio 20. */
export const telegramPhotoLimits: FitLimits = {
  maxBytes: 10_000_000,
  maxSideSum: 10_000,
  maxRatio: 20,
  preferMediaTypes: ['image/jpeg', 'image/png'],
};

const qualities = [92, 85, 76, 66] as const;
/** WebP's own limit. */
const webpMaxSide = 16_383;
const smallestSide = 32;
const bars = '#17181c';

/**
 * Brings a picture under a platform's limits by the least change that does: as it is, then WebP or
 * JPEG at falling quality, then smaller and smaller.
 * @throws ImageError `too-many-bytes` when not even a thumbnail fits
 */
export async function fitImage(bytes: Uint8Array, limits: FitLimits): Promise<FittedImage> {
  return imageGate.run(async () => {
    const reading = { limitInputPixels: defaultImageLimits.maxPixels, failOn: 'error' } as const;
    const source = sharp(bytes, reading).autoOrient();
    const { autoOrient, format, orientation = 1 } = await source.metadata().catch((cause: unknown) => {
      throw new ImageError({ kind: 'broken' }, { cause });
    });
    const { width, height } = autoOrient;
    const mediaType = `image/${format}`;
    const allowed = limits.preferMediaTypes ?? ['image/png', 'image/webp', 'image/jpeg'];
    const frame = frameOf({ width, height }, limits);
    const isUntouched = frame.width === width && frame.height === height && orientation === 1;
    if (isUntouched && bytes.byteLength <= limits.maxBytes && allowed.includes(mediaType)) {
      return { bytes, mediaType, width, height, changed: false };
    }

    const target = allowed.find(isLossy) ?? 'image/jpeg';
    let scale = 1;
    for (;;) {
      const size = { width: scaled(frame.width, scale), height: scaled(frame.height, scale) };
      const pixels = await pixelsAt(source, size, target);
      let smallest = Number.POSITIVE_INFINITY;
      for (const quality of qualities) {
        const encoded = await encode(pixels, target, quality);
        if (encoded.byteLength <= limits.maxBytes) {
          return { bytes: encoded, mediaType: target, ...size, changed: true };
        }
        smallest = encoded.byteLength;
      }
      if (Math.max(size.width, size.height) <= smallestSide) break;
      // Bytes go about with the area; at least a fifth off, so that it ends.
      scale *= Math.min(0.8, 0.95 * Math.sqrt(limits.maxBytes / smallest));
    }
    const { maxBytes } = limits;
    throw new ImageError({ kind: 'too-many-bytes', bytes: bytes.byteLength, maxBytes });
  });
}

type LossyType = 'image/webp' | 'image/jpeg';

function isLossy(mediaType: string): mediaType is LossyType {
  return mediaType === 'image/webp' || mediaType === 'image/jpeg';
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The largest size, not above the picture's own, that keeps the limits of sides and ratio. */
function frameOf(picture: Size, limits: FitLimits): Size {
  const { maxSide = webpMaxSide, maxSideSum = Number.POSITIVE_INFINITY, maxRatio } = limits;
  const longest = Math.max(picture.width, picture.height);
  // A little thicker than the ratio asks, as rounding to whole pixels may make it thinner again.
  const shortest = maxRatio === undefined ? 1 : Math.ceil((1.02 * longest) / maxRatio);
  const width = Math.max(picture.width, shortest);
  const height = Math.max(picture.height, shortest);
  const scale = Math.min(1, maxSide / longest, maxSideSum / (width + height));
  if (scale === 1) return { width, height };
  return { width: scaled(width, scale), height: scaled(height, scale) };
}

function scaled(pixels: number, scale: number): number {
  return Math.max(1, Math.floor(pixels * scale));
}

interface Pixels {
  readonly data: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 };
}

/** Decoded and resized once, then encoded as often as needed. */
async function pixelsAt(source: Sharp, size: Size, target: LossyType): Promise<Pixels> {
  const resized = source
    .clone()
    .toColourspace('srgb')
    .resize(size.width, size.height, { fit: 'contain', background: bars });
  const opaque = target === 'image/jpeg' ? resized.flatten({ background: '#ffffff' }) : resized;
  const { data, info } = await opaque
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw new ImageError({ kind: 'broken' }, { cause });
    });
  return { data, raw: { width: info.width, height: info.height, channels: info.channels } };
}

function encode({ data, raw }: Pixels, target: LossyType, quality: number): Promise<Buffer> {
  const image = sharp(data, { raw, limitInputPixels: defaultImageLimits.maxPixels });
  return (target === 'image/webp' ? image.webp({ quality }) : image.jpeg({ quality })).toBuffer();
}
