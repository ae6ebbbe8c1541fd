import sharp, { type Sharp } from 'sharp';
import { imageGate } from './image-gate.js';
import { defaultImageLimits, ImageError } from './inspection.js';

/**
 * A mask as people send it, as one channel: white where the image may change. A picture with
 * transparent parts means those; one without means what is white in it.
 * @throws ImageError broken
 */
async function openMask(bytes: Uint8Array): Promise<Sharp> {
  const reading = {
    failOn: 'error',
    limitInputPixels: defaultImageLimits.maxPixels,
  } as const;
  try {
    const image = sharp(bytes, reading).autoOrient();
    const { hasAlpha } = await image.metadata();
    const isDrawn = !hasAlpha || (await sharp(bytes, reading).stats()).isOpaque;
    if (isDrawn) return image.removeAlpha().greyscale().toColourspace('b-w');
    return image.negate({ alpha: true }).extractChannel('alpha').toColourspace('b-w');
  } catch (cause) {
    throw new ImageError({ kind: 'broken' }, { cause });
  }
}

/** One byte a pixel: 255 may change, 0 must not. Cropped in its middle to the given size. */
export function readMask(
  bytes: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Buffer> {
  return imageGate.run(async () => {
    const mask = await openMask(bytes);
    return written(mask.resize(width, height, { fit: 'cover' }).raw());
  });
}

/** The mask as a PNG that is white where the image may change, and black elsewhere. */
export function encodeMask(bytes: Uint8Array): Promise<Buffer> {
  return imageGate.run(async () => written((await openMask(bytes)).png()));
}

/**
 * The mask as a PNG of the given size that is transparent where the image may change, as OpenAI's
 * `images/edits` takes it.
 */
export async function encodeAlphaMask(
  bytes: Uint8Array,
  size: { readonly width: number; readonly height: number },
): Promise<Buffer> {
  const marks = await readMask(bytes, size);
  const kept = Buffer.from(marks.map((mark) => 255 - mark));
  const raw = { width: size.width, height: size.height, channels: 1 } as const;
  return imageGate.run(async () => {
    const black = { ...size, channels: 3, background: '#000' } as const;
    return written(sharp({ create: black }).joinChannel(kept, { raw }).png());
  });
}

/** The same as a PNG that is white and transparent where the image may change, black elsewhere. */
export function encodeMaskAsAlpha(bytes: Uint8Array): Promise<Buffer> {
  return imageGate.run(async () => {
    const mask = await written((await openMask(bytes)).png());
    const alpha = await written(sharp(mask).negate().toColourspace('b-w').raw());
    const { width, height } = await sharp(mask).metadata();
    const raw = { width, height, channels: 1 } as const;
    return written(sharp(mask).toColourspace('srgb').joinChannel(alpha, { raw }).png());
  });
}

/** A PNG of the image that is transparent where the mask, brought to its size, lets it change. */
export function imageWithMask(bytes: Uint8Array, mask: Uint8Array): Promise<Buffer> {
  return imageGate.run(async () => {
    const image = sharp(bytes, { limitInputPixels: defaultImageLimits.maxPixels })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb');
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const fitted = (await openMask(mask)).resize(width, height, { fit: 'cover' }).negate();
    const alpha = await written(fitted.toColourspace('b-w').raw());
    const raw = { width, height } as const;
    return written(
      sharp(data, { raw: { ...raw, channels } })
        .joinChannel(alpha, { raw: { ...raw, channels: 1 } })
        .png(),
    );
  });
}

async function written(mask: Sharp): Promise<Buffer> {
  try {
    return await mask.toBuffer();
  } catch (cause) {
    throw new ImageError({ kind: 'broken' }, { cause });
  }
}
