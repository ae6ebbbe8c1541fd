import sharp from 'sharp';
import { imageGate } from './image-gate.js';
import { defaultImageLimits } from './inspection.js';

const previewSide = 512;

/** A finished image in small, as a JPEG. Undefined where the bytes are no whole image (yet). */
export function encodePreview(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  return imageGate.run(async () => {
    try {
      return await sharp(bytes, { limitInputPixels: defaultImageLimits.maxPixels })
        .resize(previewSide, previewSide, { fit: 'inside', withoutEnlargement: true })
        .flatten({ background: '#fff' })
        .jpeg({ quality: 80 })
        .toBuffer();
    } catch {
      // A picture on the way is a hint: the run goes on without it.
      return undefined;
    }
  });
}
