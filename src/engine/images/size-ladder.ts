import sharp, { type Sharp } from 'sharp';
import { type FilePieces, lengthOf } from './file-pieces.js';
import type { EncodedImage } from './grid.js';
import { imageGate } from './image-gate.js';
import { defaultImageLimits, ImageError, resultImageLimits } from './inspection.js';
import { hasPngChunk } from './png-chunks.js';

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
   * first of WebP and JPEG in this list is written, and of a large opaque picture JPEG.
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
/**
 * From here on WebP takes seconds of all processors for each try (20 million pixels: 14 s of one,
 * where JPEG takes half a second).
 */
const manyPixels = 8_000_000;
/** What is written anew stands in memory first: 200 MB at most. */
const mostWrittenPixels = defaultImageLimits.maxPixels;
/** Rows of whole blocks, in JPEG and WebP: put together, strips are coded much as where they stood. */
const stripRows = 16;
/** Of so many strips, one tells what all of them take, within a few hundredths. */
const stripsPerSample = 16;
const sampleMargin = 1.1;
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
    const reading = { limitInputPixels: resultImageLimits.maxPixels, failOn: 'error' } as const;
    const source = sharp(bytes, reading).autoOrient();
    const {
      autoOrient,
      format,
      hasAlpha,
      orientation = 1,
    } = await source.metadata().catch((cause: unknown) => {
      throw new ImageError({ kind: 'broken' }, { cause });
    });
    const picture = { width: autoOrient.width, height: autoOrient.height };
    const mediaType = `image/${format}`;
    const allowed = limits.preferMediaTypes ?? ['image/png', 'image/webp', 'image/jpeg'];
    const frame = sizeAt(picture, shrinkFor(picture, limits), limits);
    const isUntouched =
      frame.width === picture.width && frame.height === picture.height && orientation === 1;
    if (isUntouched && bytes.byteLength <= limits.maxBytes && allowed.includes(mediaType)) {
      return { bytes, mediaType, ...picture, changed: false };
    }

    const isSlow = !hasAlpha && picture.width * picture.height > manyPixels;
    const isJpegWanted = isSlow && allowed.includes('image/jpeg');
    const target = isJpegWanted ? 'image/jpeg' : (allowed.find(isLossy) ?? 'image/jpeg');
    let scale = Math.min(
      shrinkFor(picture, limits),
      Math.sqrt(mostWrittenPixels / (picture.width * picture.height)),
    );
    for (;;) {
      const size = sizeAt(picture, scale, limits);
      const pixels = await pixelsAt(source, size, target);
      const sample = sampleOf(pixels);
      let smallest = Number.POSITIVE_INFINITY;
      for (const quality of qualities) {
        const expected = sample ? await expectedBytes(sample, target, quality) : 0;
        if (expected > limits.maxBytes * sampleMargin) {
          smallest = expected;
          continue;
        }
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

/**
 * Whether a PNG on record stays as it is, told without decoding anything. Other types, and a PNG
 * that says which way is up, are for `fitImage` to judge.
 */
export function isFitting(
  image: Size & { readonly pieces: FilePieces; readonly mediaType: string },
  limits: FitLimits,
): boolean {
  const { pieces, mediaType, width, height } = image;
  if (mediaType !== 'image/png' || lengthOf(pieces) > limits.maxBytes) return false;
  if (limits.preferMediaTypes && !limits.preferMediaTypes.includes(mediaType)) return false;
  const size = { width, height };
  const frame = sizeAt(size, shrinkFor(size, limits), limits);
  if (frame.width !== width || frame.height !== height) return false;
  return !hasPngChunk(pieces, 'eXIf');
}

type LossyType = 'image/webp' | 'image/jpeg';

function isLossy(mediaType: string): mediaType is LossyType {
  return mediaType === 'image/webp' || mediaType === 'image/jpeg';
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** How much a picture must shrink for the limits of its sides, bars counted. At most 1. */
function shrinkFor(picture: Size, limits: FitLimits): number {
  const { maxSide = webpMaxSide, maxSideSum = Number.POSITIVE_INFINITY } = limits;
  const framed = sizeAt(picture, 1, limits);
  const sum = framed.width + framed.height;
  // One pixel is set aside for what `sizeAt` rounds up.
  return Math.min(
    1,
    maxSide / Math.max(picture.width, picture.height),
    sum > maxSideSum ? (maxSideSum - 1) / sum : 1,
  );
}

/** The picture's size at a scale, with bars where it would be too narrow. */
function sizeAt(picture: Size, scale: number, { maxRatio }: FitLimits): Size {
  const width = Math.max(1, Math.floor(picture.width * scale));
  const height = Math.max(1, Math.floor(picture.height * scale));
  const shortest = maxRatio === undefined ? 1 : Math.ceil(Math.max(width, height) / maxRatio);
  return { width: Math.max(width, shortest), height: Math.max(height, shortest) };
}

interface Pixels {
  readonly data: Buffer;
  readonly raw: {
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 2 | 3 | 4;
  };
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

interface Sample {
  readonly pixels: Pixels;
  /** How many times as much the whole picture is. */
  readonly share: number;
}

/** Strips from all over a large picture, by which qualities that are far too good are passed over. */
function sampleOf({ data, raw }: Pixels): Sample | undefined {
  if (raw.width * raw.height < manyPixels) return undefined;
  const stripBytes = raw.width * raw.channels * stripRows;
  const strips: Buffer[] = [];
  for (let at = 0; at + stripBytes <= data.length; at += stripBytes * stripsPerSample) {
    strips.push(data.subarray(at, at + stripBytes));
  }
  const height = strips.length * stripRows;
  const pixels = { data: Buffer.concat(strips), raw: { ...raw, height } };
  return { pixels, share: raw.height / height };
}

async function expectedBytes(
  { pixels, share }: Sample,
  target: LossyType,
  quality: number,
): Promise<number> {
  return (await encode(pixels, target, quality)).byteLength * share;
}

function encode({ data, raw }: Pixels, target: LossyType, quality: number): Promise<Buffer> {
  const image = sharp(data, { raw, limitInputPixels: defaultImageLimits.maxPixels });
  return (target === 'image/webp' ? image.webp({ quality }) : image.jpeg({ quality })).toBuffer();
}
