import type OpenAI from 'openai';
import type { Stream } from 'openai/streaming';
import { z } from 'zod';
import { createHttpExchanger } from '../service/exchange.js';
import type { LibraryCall } from '../service/library-errors.js';
import { createLibraryFetch } from '../service/library-fetch.js';
import type { ServiceTraits } from '../service/service-errors.js';
import { withoutSecrets } from '../service/service-text.js';
import type { ImageCall } from './image-request.js';
import {
  apiError,
  fromApiError,
  fromOpenAi,
  isUnknownCall,
  refusesStreaming,
} from './openai-errors.js';
import { defaultMaxResponseBytes, type OpenAiOptions, officialUrl } from './openai-options.js';

/** The calls of OpenAI's API that we make. All of them throw `BackendError`. */
export interface OpenAiClient {
  /** Ids of all models, not of those alone that make images. */
  models(signal?: AbortSignal): Promise<readonly ListedModel[]>;
  /** One JSON answer. */
  images(call: ImageCall, signal: AbortSignal): Promise<unknown>;
  /** The events of a stream, or the answer of a server that does not stream. */
  imageEvents(
    call: ImageCall,
    partialImages: number,
    signal: AbortSignal,
  ): AsyncGenerator<ImageEvent>;
  close(): Promise<void>;
}

export interface ListedModel {
  readonly id: string;
  readonly ownedBy: string | undefined;
}

export type ImageEvent =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'partial'; readonly index: number; readonly base64: string }
  | { readonly kind: 'completed'; readonly base64: string }
  | { readonly kind: 'answer'; readonly answer: unknown };

const modelList = z.object({
  data: z.array(
    z
      .object({ id: z.string(), owned_by: z.string().optional().catch(undefined) })
      .transform(({ id, owned_by: ownedBy }): ListedModel => ({ id, ownedBy })),
  ),
});

/** `image_generation.partial_image`, `image_edit.completed` and so on. */
const streamEvent = z.object({
  type: z.string(),
  b64_json: z.string().optional(),
  partial_image_index: z.number().optional(),
});

export function createOpenAiClient(options: OpenAiOptions, service: ServiceTraits): OpenAiClient {
  const { apiKey, url = officialUrl } = options;
  const secrets = apiKey === undefined ? [] : [apiKey];
  const exchanger = createHttpExchanger();
  const fetch = createLibraryFetch({
    exchanger,
    maxBytes: options.maxResponseBytes ?? defaultMaxResponseBytes,
    secrets,
  });
  const listCall: LibraryCall = { name: 'GET models', service, mayHaveRun: false };
  let library: Promise<Library> | undefined;
  const load = () => {
    library ??= loadLibrary(url, apiKey, fetch);
    return library;
  };

  async function post(call: ImageCall, more: Record<string, unknown>, signal: AbortSignal) {
    const { client } = await load();
    const body = bodyOf(call, more);
    return client.post(call.path, { body, signal }).asResponse();
  }

  return {
    async models(signal) {
      try {
        const { client } = await load();
        const options = signal ? { signal } : {};
        const answer = await client.get('/models', options).asResponse();
        return modelList.parse(await answer.json()).data;
      } catch (error) {
        // A server of one model may have no list.
        if (isUnknownCall(error)) return [];
        throw fromOpenAi(listCall, error);
      }
    },

    async images(call, signal) {
      try {
        return await (await post(call, {}, signal)).json();
      } catch (error) {
        throw fromOpenAi(libraryCallOf(call, service), error);
      }
    },

    async *imageEvents(call, partialImages, signal) {
      const named = libraryCallOf(call, service);
      try {
        const wish = { stream: true, partial_images: partialImages };
        const response = await post(call, wish, signal).catch((error: unknown) => {
          // Refused, so nothing was made: the same without.
          if (refusesStreaming(error)) return post(call, {}, signal);
          throw error;
        });
        if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
          yield { kind: 'answer', answer: await response.json() };
          return;
        }
        yield { kind: 'accepted' };
        yield* eventsOf(named, response, await load(), secrets);
      } catch (error) {
        throw fromOpenAi(named, error);
      }
    },

    close: () => exchanger.close(),
  };
}

interface Library {
  readonly client: OpenAI;
  readonly Stream: typeof Stream;
}

/** Only when it is needed: it takes memory that an Easel without OpenAI need not spend. */
async function loadLibrary(
  baseURL: string,
  apiKey: string | undefined,
  fetch: typeof globalThis.fetch,
): Promise<Library> {
  const [{ default: Client }, { Stream }] = await Promise.all([
    import('openai'),
    import('openai/streaming'),
  ]);
  const client = new Client({
    baseURL,
    // Servers at home ask for none; the library does.
    apiKey: apiKey ?? 'none',
    // Settings come from the configuration alone, not from the library's own variables.
    organization: null,
    project: null,
    fetch,
    maxRetries: 0,
    // How long silence is bearable, the engine says; this is as long as a timer can be.
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
  });
  return { client, Stream };
}

async function* eventsOf(
  call: LibraryCall,
  response: Response,
  { client, Stream }: Library,
  secrets: readonly string[],
): AsyncGenerator<ImageEvent> {
  const ending = new AbortController();
  const stream = Stream.fromSSEResponse<unknown>(response, ending, client);
  try {
    for await (const item of stream) {
      const event = streamEvent.safeParse(item).data;
      if (event?.b64_json === undefined) continue;
      const { b64_json: base64, partial_image_index: index = 0 } = event;
      if (event.type.endsWith('.partial_image')) yield { kind: 'partial', index, base64 };
      if (event.type.endsWith('.completed')) yield { kind: 'completed', base64 };
    }
  } catch (error) {
    // The library throws an `error` event as an error with its content.
    const content = streamError.safeParse(error).data?.error;
    if (content) {
      const message = withoutSecrets(content.message, secrets);
      throw fromApiError(call, { ...content, message });
    }
    throw error;
  }
}

const streamError = z.object({ status: z.undefined(), error: apiError });

export function libraryCallOf({ path }: ImageCall, service: ServiceTraits): LibraryCall {
  return { name: `POST ${path.slice(1)}`, service, mayHaveRun: true };
}

function bodyOf(call: ImageCall, more: Readonly<Record<string, unknown>>): FormData | object {
  const fields = { ...call.fields, ...more };
  if (call.files.length === 0) return { ...fields, ...call.lists };
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.append(key, String(value));
  for (const [index, { field, image }] of call.files.entries()) {
    const { mediaType } = image;
    const blob = new Blob([new Uint8Array(image.bytes)], { type: mediaType });
    form.append(
      field,
      blob,
      `${field === 'mask' ? 'mask' : `image-${index}`}.${endingOf(mediaType)}`,
    );
  }
  return form;
}

function endingOf(mediaType: string): string {
  return mediaType === 'image/jpeg' ? 'jpg' : mediaType.replace('image/', '');
}
