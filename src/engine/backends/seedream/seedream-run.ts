import type { BackendRequest, BackendResult, BackendRunContext } from '../backend.js';
import { BackendError } from '../backend-error.js';
import { decodeImageContent } from '../image-content.js';
import { badImage } from '../service/service-errors.js';
import type { AnswerItem } from './seedream-answers.js';
import type { SeedreamClient } from './seedream-client.js';
import { fromRefusal, isUnknownModel, noImages, service } from './seedream-errors.js';
import { otherSpelling } from './seedream-models.js';
import { planGeneration } from './seedream-request.js';

export interface RunDependencies {
  readonly client: SeedreamClient;
  readonly url: string;
  readonly models: readonly { readonly id: string; readonly name: string }[];
  readonly watermark: boolean;
}

/** @throws BackendError */
export async function startRun(
  request: BackendRequest,
  { onProgress }: BackendRunContext,
  signal: AbortSignal,
  { client, url, models, watermark }: RunDependencies,
): Promise<BackendResult> {
  const id = request.model ?? models[0]?.id ?? '';
  const images: { bytes: Uint8Array }[] = [];
  const failures: BackendError[] = [];
  const take = (item: AnswerItem) => {
    const made = imageIn(item);
    if ('bytes' in made) images.push(made);
    else failures.push(made);
    const done = images.length + failures.length;
    if (!signal.aborted) onProgress({ fraction: Math.min(1, done / request.count) });
  };
  const generate = (model: string) =>
    client.generate(planGeneration(request, model, watermark), take, signal);

  try {
    const other = otherSpelling(id, url);
    let refused = await generate(id);
    if (refused && other && isUnknownModel(refused.status, refused.code)) {
      signal.throwIfAborted();
      refused = await generate(other);
    }
    if (refused) throw refused.failure;
  } catch (error) {
    signal.throwIfAborted();
    // What was made before the answer broke off was paid for, and is whole.
    if (images.length === 0 || !(error instanceof BackendError)) throw error;
    failures.push(error);
  }
  signal.throwIfAborted();
  if (images.length === 0) throw failures[0] ?? noImages();
  return {
    images: images.slice(0, request.count),
    model: models.find((model) => model.id === id)?.name ?? id,
    ...(failures.length > 0 && { failures }),
  };
}

function imageIn({ b64_json: content, url, error }: AnswerItem) {
  if (error !== undefined) return fromRefusal({ ...error, status: 200 });
  if (content == null) {
    return badImage(url == null ? 'an empty item' : 'an address in place of an image', service);
  }
  const { bytes, problem } = decodeImageContent(content);
  return problem === undefined ? { bytes } : badImage(problem, service);
}
