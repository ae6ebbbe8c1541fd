import { encodeAlphaMask } from '../../images/mask.js';
import type { BackendImage, BackendRequest } from '../backend.js';
import { encodeBase64 } from '../image-content.js';
import { sizeOf } from '../image-size.js';
import { type OpenAiOptions, officialUrl } from './openai-options.js';
import { openAiSize } from './openai-size.js';
import { plainWords } from './prompt-syntax.js';

/** A call of `images/generations` or `images/edits`, before the library has it. */
export interface ImageCall {
  readonly path: '/images/generations' | '/images/edits';
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  /** Parts of a form, in their order; with none, the fields are sent as JSON. */
  readonly files: readonly { readonly field: string; readonly image: BackendImage }[];
  /** More of JSON than a field holds, where a server takes its images so. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

const defaultPixels = 1024 * 1024;

/** What a request becomes on the wire: by the flavor's own reference (docs/backends/openai.md). */
export async function planImageCall(
  request: BackendRequest,
  model: string,
  options: OpenAiOptions,
): Promise<ImageCall> {
  const { flavor = 'openai', steps, guidance } = options;
  const isOpenAi = flavor === 'openai' && (options.url ?? officialUrl) === officialUrl;
  const isLive = isOpenAi || options.livePromptSyntax === true;
  const words = isLive ? request : plainWords(request, flavor);
  const size = sizeFor(request, model, options);
  const common = { model, n: request.count, size: `${size.width}x${size.height}` };
  switch (flavor) {
    case 'openai': {
      const inputs = inputsOf(request);
      const isEdit = inputs.length > 0;
      const fields = {
        ...common,
        prompt: words.prompt,
        ...(asksForContent(model, options) && { response_format: 'b64_json' }),
        ...(options.quality !== undefined && { quality: options.quality }),
        ...(options.moderation !== undefined && !isEdit && { moderation: options.moderation }),
      };
      return isEdit
        ? editCall(fields, [...files('image[]', inputs), ...(await maskFile(request))])
        : generateCall(fields);
    }
    case 'vllm-omni': {
      const inputs = inputsOf(request);
      const fields = {
        ...common,
        prompt: words.prompt,
        response_format: 'b64_json',
        seed: request.seed,
        ...(words.negative !== undefined && { negative_prompt: words.negative }),
        ...(steps !== undefined && { num_inference_steps: steps }),
        ...(guidance !== undefined && { guidance_scale: guidance }),
      };
      return inputs.length > 0 ? editCall(fields, files('image', inputs)) : generateCall(fields);
    }
    case 'localai': {
      const { image, references } = request;
      const { negative } = words;
      const fields = {
        ...common,
        // Its own way of saying what to avoid.
        prompt: negative === undefined ? words.prompt : `${words.prompt}|${negative}`,
        response_format: 'b64_json',
        seed: request.seed,
        ...(steps !== undefined && { step: steps }),
        ...(image && { file: encodeBase64(image.bytes) }),
      };
      return generateCall(fields, {
        ...(references.length > 0 && {
          ref_images: references.map(({ bytes }) => encodeBase64(bytes)),
        }),
      });
    }
    case 'sdcpp':
      throw new Error('stable-diffusion.cpp has an API of its own');
  }
}

/**
 * OpenAI's own models always answer with content, and refuse to be asked for it. Behind another
 * address a model of another name is somebody else's, who answers with addresses otherwise.
 */
function asksForContent(model: string, { url = officialUrl }: OpenAiOptions): boolean {
  return url !== officialUrl && !/^(gpt|chatgpt)-image/.test(model);
}

function sizeFor(
  request: BackendRequest,
  model: string,
  { flavor = 'openai', pixels = defaultPixels }: OpenAiOptions,
) {
  if (flavor === 'openai') return openAiSize(model, request);
  return sizeOf(request.aspect ?? request.image ?? { width: 1, height: 1 }, pixels, 16);
}

/** The image to change stands first: a mask belongs to that one. */
function inputsOf({ image, references }: BackendRequest): readonly BackendImage[] {
  return image ? [image, ...references] : references;
}

function files(field: string, images: readonly BackendImage[]): ImageCall['files'] {
  return images.map((image) => ({ field, image }));
}

async function maskFile({ image, mask }: BackendRequest): Promise<ImageCall['files']> {
  if (!image || !mask) return [];
  const { width, height } = image;
  const bytes = await encodeAlphaMask(mask.bytes, { width, height });
  return [{ field: 'mask', image: { bytes, mediaType: 'image/png', width, height } }];
}

function generateCall(fields: ImageCall['fields'], lists: ImageCall['lists'] = {}): ImageCall {
  return { path: '/images/generations', fields, files: [], lists };
}

function editCall(fields: ImageCall['fields'], parts: ImageCall['files']): ImageCall {
  return { path: '/images/edits', fields, files: parts, lists: {} };
}
