import type { ImageModel } from 'ai';
import { encodeMask } from '../../images/mask.js';
import type { BackendRequest, BackendResult, BackendRunContext } from '../backend.js';
import { BackendError } from '../backend-error.js';
import { nearestShape, type Size, sizeOf } from '../image-size.js';
import { whyNotWhole } from '../output-image.js';
import { badImage, type ServiceTraits } from '../service/service-errors.js';
import { fromAiSdk, noImages } from './ai-sdk-errors.js';
import type { ProviderTraits } from './providers.js';

export interface RunDependencies {
  readonly model: Exclude<ImageModel, string>;
  readonly traits: ProviderTraits;
  readonly service: ServiceTraits;
  /** Bounds the calls of all runs together. */
  readonly calls: { run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> };
  /** The model's name on the card. */
  readonly shownName: string;
}

type Shape = Size & { readonly name: `${number}:${number}` };

export const aspects: readonly [Shape, ...Shape[]] = [
  { width: 1, height: 1, name: '1:1' },
  { width: 16, height: 9, name: '16:9' },
  { width: 9, height: 16, name: '9:16' },
  { width: 4, height: 3, name: '4:3' },
  { width: 3, height: 4, name: '3:4' },
  { width: 3, height: 2, name: '3:2' },
  { width: 2, height: 3, name: '2:3' },
  { width: 21, height: 9, name: '21:9' },
];
const pixels = 1024 * 1024;

/** @throws BackendError */
export async function startRun(
  request: BackendRequest,
  { onProgress }: BackendRunContext,
  signal: AbortSignal,
  deps: RunDependencies,
): Promise<BackendResult> {
  const { traits, shownName, service } = deps;
  const perCall = traits.seed ? 1 : await imagesPerCall(deps.model);
  const mask = request.mask && (await encodeMask(request.mask.bytes));
  let ended = 0;
  const calls = partsOf(request.count, perCall).map(async ({ from, count }) => {
    const seed = (request.seed + from) % 2 ** 32;
    try {
      const made = await deps.calls.run(
        () => generate(request, { count, seed, mask }, signal, deps),
        signal,
      );
      return traits.seed ? made.map((image) => ({ ...image, seed })) : made;
    } finally {
      ended += count;
      if (!signal.aborted) onProgress({ fraction: ended / request.count });
    }
  });
  const ends = await Promise.allSettled(calls);
  signal.throwIfAborted();
  const images = ends.flatMap((end) => (end.status === 'fulfilled' ? end.value : []));
  const failures = ends.flatMap((end) =>
    end.status === 'rejected' ? [fromAiSdk(end.reason, service)] : [],
  );
  if (images.length === 0) throw failures[0] ?? noImages(service);
  return { images, model: shownName, ...(failures.length > 0 && { failures }) };
}

interface Part {
  readonly count: number;
  readonly seed: number;
  readonly mask: Uint8Array | undefined;
}

async function generate(
  request: BackendRequest,
  { count, seed, mask }: Part,
  abortSignal: AbortSignal,
  { model, traits, service }: RunDependencies,
): Promise<{ readonly bytes: Uint8Array }[]> {
  const { generateImage } = await import('ai');
  const { prompt: text, image } = request;
  const { images } = await generateImage({
    model,
    prompt: image ? { images: [image.bytes], text, ...(mask && { mask }) } : text,
    n: count,
    ...shapeOf(request, traits),
    ...(traits.seed && { seed: seed % 2 ** 31 }),
    // Retries are the engine's; and an empty answer would be paid for three times.
    maxRetries: 0,
    abortSignal,
  });
  return images.map(({ uint8Array: bytes }) => {
    const problem = whyNotWhole(bytes);
    if (problem !== undefined) throw badImage(problem, service);
    return { bytes };
  });
}

/** An edit without a wish of its own keeps the shape that the model makes of the image. */
function shapeOf({ aspect, image }: BackendRequest, { shape }: ProviderTraits) {
  if (aspect === undefined && image !== undefined) return {};
  const wanted = aspect ?? { width: 1, height: 1 };
  if (shape === 'aspect') return { aspectRatio: nearestShape(wanted, aspects).name };
  const { width, height } = sizeOf(wanted, pixels, 16);
  return { size: `${width}x${height}` } as const;
}

async function imagesPerCall(model: RunDependencies['model']): Promise<number> {
  const { maxImagesPerCall: most } = model;
  const told = typeof most === 'function' ? await most({ modelId: model.modelId }) : most;
  return told ?? 1;
}

function partsOf(count: number, perCall: number): { from: number; count: number }[] {
  return Array.from({ length: Math.ceil(count / perCall) }, (_, index) => {
    const from = index * perCall;
    return { from, count: Math.min(perCall, count - from) };
  });
}

export function isAway(error: unknown): boolean {
  return error instanceof BackendError && ['unavailable', 'transient'].includes(error.kind);
}
