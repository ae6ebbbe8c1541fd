import { encodePreview } from '../../images/preview.js';
import type { BackendRequest, BackendResult, BackendRunContext } from '../backend.js';
import { type LibraryCall, uncertain } from '../service/library-errors.js';
import type { ServiceTraits } from '../service/service-errors.js';
import { readImage, readImages } from './image-answers.js';
import { type ImageCall, planImageCall } from './image-request.js';
import { libraryCallOf, type OpenAiClient } from './openai-client.js';
import type { OpenAiOptions } from './openai-options.js';

const defaultPartialImages = 2;

export interface RunDependencies {
  readonly client: OpenAiClient;
  readonly options: OpenAiOptions;
  readonly service: ServiceTraits;
}

/** One call of OpenAI's API, or of a server that has the same. @throws BackendError */
export async function runImageCall(
  request: BackendRequest,
  model: string,
  context: Pick<BackendRunContext, 'signal' | 'onProgress'>,
  { client, options, service }: RunDependencies,
): Promise<BackendResult> {
  const call = await planImageCall(request, model, options);
  const named = libraryCallOf(call, service);
  const partialImages = options.partialImages ?? defaultPartialImages;
  // A stream's events do not say which of several images they belong to.
  const isStreamed = (options.flavor ?? 'openai') === 'openai' && request.count === 1;
  const images =
    isStreamed && partialImages > 0
      ? await streamImages(client, call, named, partialImages, request.count, context)
      : readImages(named, await client.images(call, context.signal), request.count);
  const seeds = options.flavor === undefined || options.flavor === 'openai' ? [] : [request.seed];
  return {
    images: images.map((bytes, index) => {
      const seed = seeds[index];
      return { bytes, ...(seed !== undefined && { seed }) };
    }),
    model,
  };
}

async function streamImages(
  client: OpenAiClient,
  call: ImageCall,
  named: LibraryCall,
  partialImages: number,
  count: number,
  { signal, onProgress }: Pick<BackendRunContext, 'signal' | 'onProgress'>,
): Promise<readonly Uint8Array[]> {
  const images: Uint8Array[] = [];
  let fraction = 0;
  for await (const event of client.imageEvents(call, partialImages, signal)) {
    switch (event.kind) {
      case 'answer':
        return readImages(named, event.answer, count);
      case 'accepted':
        onProgress({ fraction });
        break;
      case 'partial': {
        fraction = Math.max(fraction, Math.min(0.95, (event.index + 1) / (partialImages + 1)));
        const bytes = await encodePreview(Buffer.from(event.base64, 'base64'));
        signal.throwIfAborted();
        onProgress({ fraction, ...(bytes && { preview: { bytes, mediaType: 'image/jpeg' } }) });
        break;
      }
      case 'completed':
        images.push(readImage(named, event.base64));
    }
  }
  // The library ends a stream without a word when it is aborted, and when the connection breaks.
  signal.throwIfAborted();
  if (images.length === 0) throw uncertain(named, 'its stream ended without an image');
  return images;
}
