import type { GoogleGenAI } from '@google/genai';
import { z } from 'zod';
import type { BackendImage } from '../backend.js';
import { decodeImageContent, encodeBase64 } from '../image-content.js';
import { createHttpExchanger } from '../service/exchange.js';
import { failureReasonIn, type LibraryCall, uncertain } from '../service/library-errors.js';
import { createLibraryFetch } from '../service/library-fetch.js';
import { badImage } from '../service/service-errors.js';
import { fromGemini, promptBlocked, withoutImage } from './gemini-errors.js';
import { defaultMaxResponseBytes, type GeminiOptions, officialUrl } from './gemini-options.js';

export interface GeminiImageCall {
  readonly model: string;
  readonly prompt: string;
  readonly images: readonly BackendImage[];
  /** `w:h`; absent for the input's own. */
  readonly aspect?: string;
  readonly seed: number;
}

/** The calls of the Gemini API that we make. All of them throw `BackendError`. */
export interface GeminiClient {
  /** Any answer that a good key gets. */
  health(signal?: AbortSignal): Promise<void>;
  /** Ids of the models that make images; empty where the service has no list. */
  imageModels(signal?: AbortSignal): Promise<readonly string[]>;
  /** One image. */
  makeImage(call: GeminiImageCall, signal: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Checked by us: a service may answer anything. */
const answer = z.object({
  promptFeedback: z.object({ blockReason: z.string().optional() }).nullish(),
  candidates: z
    .array(
      z.object({
        finishReason: z.string().nullish(),
        finishMessage: z.string().nullish(),
        content: z
          .object({
            parts: z
              .array(
                z.object({
                  text: z.string().nullish(),
                  thought: z.boolean().nullish(),
                  inlineData: z.object({ data: z.string().optional() }).nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
      }),
    )
    .nullish(),
});

const service = { name: 'Gemini', paid: true };
const listCall: LibraryCall = { name: 'models.list', service, mayHaveRun: false };
const imageCall: LibraryCall = { name: 'generateContent', service, mayHaveRun: true };
const modelsPerPage = 1000;

export function createGeminiClient(options: GeminiOptions): GeminiClient {
  const { apiKey, url = officialUrl, imageSize } = options;
  const now = options.now ?? (() => new Date());
  const exchanger = createHttpExchanger();
  const fetch = createLibraryFetch({
    exchanger,
    maxBytes: options.maxResponseBytes ?? defaultMaxResponseBytes,
    secrets: apiKey === undefined ? [] : [apiKey],
  });
  let library: Promise<GoogleGenAI> | undefined;
  const load = () => {
    library ??= loadLibrary(url, apiKey, fetch);
    return library;
  };

  /** Empty where the service has no list. */
  async function list(pageSize: number, signal: AbortSignal | undefined) {
    try {
      const client = await load();
      const config = { pageSize, ...(signal && { abortSignal: signal }) };
      return (await client.models.list({ config })).page;
    } catch (error) {
      const reason = failureReasonIn(error);
      if (reason?.kind === 'status' && reason.status === 404) return [];
      throw fromGemini(listCall, error, now());
    }
  }

  return {
    async health(signal) {
      await list(1, signal);
    },

    async imageModels(signal) {
      const listed = await list(modelsPerPage, signal);
      return listed.flatMap(({ name, supportedActions }) => {
        const id = name?.replace(/^models\//, '') ?? '';
        const canGenerate = supportedActions?.includes('generateContent') ?? true;
        return canGenerate && /image/.test(id) ? [id] : [];
      });
    },

    async makeImage({ model, prompt, images, aspect, seed }, signal) {
      const parts = [
        ...images.map((image) => ({ inlineData: inlineDataOf(image) })),
        ...(prompt === '' ? [] : [{ text: prompt }]),
      ];
      try {
        const client = await load();
        const response = await client.models.generateContent({
          model,
          contents: [{ role: 'user', parts }],
          config: {
            responseModalities: ['IMAGE'],
            imageConfig: {
              ...(aspect !== undefined && { aspectRatio: aspect }),
              ...(imageSize !== undefined && { imageSize }),
            },
            seed,
            abortSignal: signal,
          },
        });
        return readImage(response);
      } catch (error) {
        throw fromGemini(imageCall, error, now());
      }
    },

    close: () => exchanger.close(),
  };
}

/** Only when it is needed: it takes memory that an Easel without Gemini need not spend. */
async function loadLibrary(
  baseUrl: string,
  apiKey: string | undefined,
  fetch: typeof globalThis.fetch,
): Promise<GoogleGenAI> {
  const { GoogleGenAI: Client } = await import('@google/genai');
  // Without `retryOptions` it does not retry: retries live in the engine only.
  // The library adds the API's version itself; an address may have it already.
  const [, root = baseUrl, apiVersion = 'v1beta'] = baseUrl.match(/^(.*)\/(v\d\w*)$/) ?? [];
  const httpOptions = { baseUrl: root, apiVersion, fetch };
  return new Client({ apiKey: apiKey ?? 'none', vertexai: false, httpOptions });
}

/** @throws BackendError where there is no image, or a broken one */
function readImage(response: unknown): Uint8Array {
  const parsed = answer.safeParse(response);
  if (!parsed.success) throw uncertain(imageCall, 'the answer is none of generateContent');
  const { promptFeedback, candidates } = parsed.data;
  if (promptFeedback?.blockReason) throw promptBlocked(imageCall, promptFeedback.blockReason);
  const parts = candidates?.flatMap(({ content }) => content?.parts ?? []) ?? [];
  // Models that think draw drafts on the way; the last image is the one that was asked for.
  const images = parts.filter(({ inlineData, thought }) => inlineData?.data && !thought);
  const base64 = images.at(-1)?.inlineData?.data;
  if (base64 === undefined) {
    const [first] = candidates ?? [];
    const text = parts.map((part) => (part.thought ? '' : (part.text ?? ''))).join(' ');
    throw withoutImage(imageCall, first?.finishReason ?? 'no candidate', text);
  }
  const content = decodeImageContent(base64);
  if (content.problem !== undefined) throw badImage(content.problem, service);
  return content.bytes;
}

function inlineDataOf({ bytes, mediaType }: BackendImage) {
  return { mimeType: mediaType, data: encodeBase64(bytes) };
}
