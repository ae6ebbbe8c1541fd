import { encodeMask } from '../../images/mask.js';
import type { BackendRequest } from '../backend.js';
import { encodeBase64 } from '../image-content.js';
import { sizeOf } from '../image-size.js';
import type { OpenAiOptions } from './openai-options.js';
import { plainWords } from './prompt-syntax.js';

const defaultPixels = 1024 * 1024;
const defaultStrength = 0.6;
/** Where a mask says what may change, that is to become what the prompt says. */
const defaultMaskedStrength = 0.85;

/** The body of `img_gen`. */
export async function sdcppOrder(
  request: BackendRequest,
  serverPixels: number | undefined,
  options: OpenAiOptions,
): Promise<object> {
  const { image, mask, references, count, seed, strength } = request;
  const { steps, guidance, livePromptSyntax, pixels = serverPixels ?? defaultPixels } = options;
  const words = livePromptSyntax === true ? request : plainWords(request, 'sdcpp');
  const aspect = request.aspect ?? image ?? { width: 1, height: 1 };
  const sampling = {
    ...(steps !== undefined && { sample_steps: steps }),
    ...(guidance !== undefined && { guidance: { txt_cfg: guidance } }),
  };
  return {
    prompt: words.prompt,
    ...(words.negative !== undefined && { negative_prompt: words.negative }),
    ...sizeOf(aspect, pixels, 16),
    seed,
    batch_count: count,
    ...(image && {
      init_image: encodeBase64(image.bytes),
      strength: strength ?? (mask ? defaultMaskedStrength : defaultStrength),
    }),
    // White is what may change, as in ours.
    ...(mask && { mask_image: encodeBase64(await encodeMask(mask.bytes)) }),
    ...(references.length > 0 && {
      ref_images: references.map(({ bytes }) => encodeBase64(bytes)),
    }),
    ...(Object.keys(sampling).length > 0 && { sample_params: sampling }),
    output_format: 'png',
  };
}
