import type { BackendRequest } from '../backend.js';
import { dataUrlOf } from '../image-content.js';

/** The body of `images/generations`. Images go as bytes, and come back as such. */
export function planGeneration(
  request: BackendRequest,
  model: string,
  watermark: boolean,
): Readonly<Record<string, unknown>> {
  const { prompt, count, image, references } = request;
  const images = [...(image ? [image] : []), ...references].map(dataUrlOf);
  const isSet = count > 1;
  return {
    model,
    // How many the set has the model reads from the words; `max_images` alone is only a limit.
    prompt: isSet ? `${prompt}\n\n(${count} images)` : prompt,
    ...(images.length > 0 && { image: images.length === 1 ? images[0] : images }),
    size: sizeOf(request),
    sequential_image_generation: isSet ? 'auto' : 'disabled',
    ...(isSet && { sequential_image_generation_options: { max_images: count } }),
    response_format: 'b64_json',
    watermark,
    // So that what is done is ours, whatever becomes of the rest.
    stream: true,
  };
}

/** '2K': within what every version takes (2560×1440 to 4096×4096 pixels in all). */
const pixels = 2048 * 2048;
/** A longer ribbon would have fewer pixels than the newer versions take. */
const maxRatio = 5;

function sizeOf({ aspect, image }: BackendRequest): string {
  const { width, height } = aspect ?? image ?? { width: 1, height: 1 };
  const ratio = Math.min(maxRatio, Math.max(1 / maxRatio, width / height));
  const side = (length: number) => Math.min(4096, Math.round(length / 16) * 16);
  return `${side(Math.sqrt(pixels * ratio))}x${side(Math.sqrt(pixels / ratio))}`;
}
