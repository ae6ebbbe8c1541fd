import { createGate } from '../../images/image-gate.js';
import type { Backend, BackendModel, BackendRequest, BackendResult } from '../backend.js';
import { BackendError, notResumable } from '../backend-error.js';
import { nearestShape } from '../image-size.js';
import { createLocalRuns } from '../local-run.js';
import { checkRequest } from '../request-check.js';
import { unhealthy } from '../service/service-errors.js';
import { createGeminiClient, type GeminiClient } from './gemini-client.js';
import { mostTelling } from './gemini-errors.js';
import {
  aspects,
  capabilities,
  defaultParallelCalls,
  type GeminiOptions,
} from './gemini-options.js';

export type { GeminiOptions } from './gemini-options.js';

/** Of what the service lists, the first that it has is the default. */
const preferredModels = ['gemini-3.1-flash-image', 'gemini-2.5-flash-image', 'gemini-3-pro-image'];

/** Google's Gemini image models. Nothing is opened until it is asked for. */
export function createGeminiBackend(options: GeminiOptions): Backend {
  const client = createGeminiClient(options);
  const runs = createLocalRuns();
  // An image is a call of its own, and the service is given no more of them at once than slots.
  const calls = createGate(options.parallelCalls ?? defaultParallelCalls);
  let known: readonly BackendModel[] | undefined;

  async function models(signal?: AbortSignal): Promise<readonly BackendModel[]> {
    if (options.models && options.models.length > 0) return options.models.map(named);
    const listed = await client.imageModels(signal);
    const preferred = preferredModels.filter((id) => listed.includes(id));
    const ids = [...preferred, ...listed.filter((id) => !preferred.includes(id))];
    known = (ids.length > 0 ? ids : preferredModels).map(named);
    return known;
  }

  async function defaultModel(signal: AbortSignal): Promise<string> {
    const [first] = known ?? (await models(signal));
    return first?.id ?? '';
  }

  return {
    name: options.name,
    type: 'gemini',
    capabilities,
    models,

    async health(signal) {
      try {
        await client.health(signal);
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        const isThere = error.kind === 'rate-limited' || error.kind === 'quota';
        if (!isThere) throw unhealthy(error);
      }
    },

    run(request, context) {
      return runs.run(context.signal, async (signal) => {
        checkRequest(request, capabilities);
        const model = request.model ?? (await defaultModel(signal));
        signal.throwIfAborted();
        let made = 0;
        const makeOne = async (index: number) => {
          const image = await calls.run(
            () => makeImage(client, request, model, index, signal),
            signal,
          );
          made += 1;
          context.onProgress({ fraction: made / request.count });
          return image;
        };
        return collect(
          Array.from({ length: request.count }, (_, index) => makeOne(index)),
          model,
        );
      });
    },

    async resume() {
      throw notResumable('A call of the Gemini API', true);
    },

    cancel: async () => undefined,

    async close() {
      runs.close();
      await client.close();
    },
  };
}

type MadeImage = BackendResult['images'][number];

async function makeImage(
  client: GeminiClient,
  request: BackendRequest,
  model: string,
  index: number,
  signal: AbortSignal,
): Promise<MadeImage> {
  const { prompt, image, references, aspect } = request;
  const seed = (request.seed + index) % 2 ** 32;
  const images = image ? [image, ...references] : references;
  const shape = aspect ?? (image ? undefined : { width: 1, height: 1 });
  const nearest = shape && nearestShape(shape, aspects);
  const bytes = await client.makeImage(
    {
      model,
      prompt,
      images,
      ...(nearest && { aspect: `${nearest.width}:${nearest.height}` }),
      // The API's is an int32.
      seed: seed % 2 ** 31,
    },
    signal,
  );
  return { bytes, seed };
}

/** What was made is paid for, and is kept though another of the same run failed. */
async function collect(
  calls: readonly Promise<MadeImage>[],
  model: string,
): Promise<BackendResult> {
  const ends = await Promise.allSettled(calls);
  const images = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  const errors = reasons.filter((reason) => reason instanceof BackendError);
  if (images.length > 0) {
    return { images, ...(errors.length > 0 && { failures: errors }), model };
  }
  throw mostTelling(errors) ?? reasons[0];
}

function named(id: string): BackendModel {
  return { id, name: id };
}
