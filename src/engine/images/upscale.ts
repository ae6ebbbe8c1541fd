import sharp from 'sharp';
import type { EncodedImage } from './grid.js';
import { imageGate } from './image-gate.js';
import { defaultImageLimits, ImageError } from './inspection.js';

export interface UpscaleOptions {
  readonly factor?: number;
  /** Pixels of the result, at most. */
  readonly maxPixels?: number;
  readonly signal?: AbortSignal;
}

/**
 * Enlarges by Lanczos resampling. A JPEG stays one, all else becomes PNG.
 * @throws ImageError `too-many-pixels` when the result would be larger than `maxPixels`
 */
export async function upscaleImage(
  bytes: Uint8Array,
  options: UpscaleOptions = {},
): Promise<EncodedImage> {
  const { factor = 2, maxPixels = defaultImageLimits.maxPixels, signal } = options;
  return imageGate.run(async () => {
    const image = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' }).autoOrient();
    const { autoOrient, format } = await image.metadata().catch((cause: unknown) => {
      throw new ImageError({ kind: 'broken' }, { cause });
    });
    const width = Math.round(autoOrient.width * factor);
    const height = Math.round(autoOrient.height * factor);
    if (width * height > maxPixels) {
      throw new ImageError({ kind: 'too-many-pixels', pixels: width * height, maxPixels });
    }
    const enlarged = image.resize(width, height, { kernel: 'lanczos3', fit: 'fill' });
    const isPhotograph = format === 'jpeg';
    const encoded = isPhotograph
      ? enlarged.jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      : enlarged.png({ compressionLevel: 6 });
    try {
      const mediaType = isPhotograph ? 'image/jpeg' : 'image/png';
      return { bytes: await encoded.toBuffer(), mediaType, width, height };
    } catch (cause) {
      throw new ImageError({ kind: 'broken' }, { cause });
    }
  }, signal);
}
