import { encodeMask } from '../../images/mask.js';
import type { BackendRequest, BackendResult, BackendRunContext } from '../backend.js';
import { BackendError } from '../backend-error.js';
import { decodeImageContent, encodeBase64 } from '../image-content.js';
import { invalidRequest } from '../local-run.js';
import type { RunAbort } from '../run-abort.js';
import { badImage, stoppedThere } from '../service/service-errors.js';
import { readInfo } from './a1111-answers.js';
import type { A1111Client } from './a1111-client.js';
import { noImages, service } from './a1111-errors.js';
import type { A1111Options, A1111Timings } from './a1111-options.js';
import type { InstalledCheckpoints } from './checkpoints.js';
import { chooseSampling, planGeneration, type SamplingChoices } from './generation.js';
import { openPositionReader } from './run-position.js';
import { type StopDependencies, stopTask } from './run-stop.js';
import { watchProgress } from './run-watch.js';

export interface RunDependencies extends StopDependencies {
  readonly client: A1111Client;
  readonly checkpoints: InstalledCheckpoints;
  readonly choices: (signal: AbortSignal) => Promise<SamplingChoices>;
  readonly settings: A1111Options;
  readonly timings: A1111Timings;
  readonly random: { uuid(): string };
  /** Goes on after the run has ended for the engine; `close` ends and awaits it. */
  readonly background: (work: Promise<unknown>) => void;
}

/** @throws BackendError */
export async function startRun(
  request: BackendRequest,
  context: BackendRunContext,
  abort: RunAbort,
  deps: RunDependencies,
): Promise<BackendResult> {
  abort.throwIfAborted();
  if (request.operation === 'upscale') return upscale(request, context, abort, deps);
  const [checkpoint, choices] = await Promise.all([
    deps.checkpoints.find(request.model, abort.signal),
    deps.choices(abort.signal),
  ]);
  const taskId = `task(easel-${deps.random.uuid()})`;
  const sampling = chooseSampling(checkpoint.title, choices, deps.settings);
  const mask = request.mask && (await encodeMask(request.mask.bytes));
  const body = planGeneration({ request, checkpoint, sampling, taskId, mask }, deps.settings);
  const position = await openPositionReader(deps.client, taskId, abort.signal);
  abort.throwIfAborted();
  // By it, a cancel finds the run after our process has died.
  await context.saveHandle({ taskId });
  abort.throwIfAborted();

  const hangUp = new AbortController();
  const way = request.image ? 'img2img' : 'txt2img';
  const generation = deps.client.generate(way, body, hangUp.signal);
  const { onProgress } = context;
  const watching = watchProgress({ ...deps, position, abort, onProgress }, generation);
  try {
    await abort.pause(2 ** 31 - 1, generation);
    if (abort.reason !== undefined) {
      if (abort.reason === 'cancel') await stopSoon(taskId, position, deps);
      // Whatever comes of an interrupted run is half an image.
      abort.throwIfAborted();
    }
    const answer = await generation.catch((error: unknown) => {
      // The server runs on without a listener, and the next try would wait behind it.
      if (isLost(error)) deps.background(stopTask(taskId, position, deps));
      throw error;
    });
    await watching;
    if (await wasInterrupted(deps.client, abort)) {
      throw stoppedThere(`${taskId} was interrupted in the web UI, and not by us`);
    }
    const info = readInfo(answer.info);
    const images = (answer.images ?? [])
      .slice(info.index_of_first_image)
      .slice(0, request.count)
      .map((content, index) => withSeed(imageIn(content), info.all_seeds[index]));
    if (images.length === 0) throw noImages();
    onProgress({ fraction: 1 });
    const { sampler_name: sampler, cfg_scale: cfgScale, steps, scheduler } = sampling;
    return {
      images,
      model: checkpoint.name,
      parameters: { steps, cfgScale, ...(sampler && { sampler }), ...(scheduler && { scheduler }) },
    };
  } finally {
    hangUp.abort();
    generation.catch(() => undefined);
    watching.catch(() => undefined);
  }
}

/**
 * Waits until the server has stopped the run, so that its slot is free when the next one comes; but
 * not for a queued one, which is watched on and stopped when its turn comes.
 */
async function stopSoon(
  taskId: string,
  position: Parameters<typeof stopTask>[1],
  deps: RunDependencies,
): Promise<void> {
  const stopping = stopTask(taskId, position, deps).catch((error: unknown) => {
    deps.log.warn({ taskId, error: String(error) }, 'A task could not be stopped at the server');
  });
  deps.background(stopping);
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, deps.timings.cancelMs);
  });
  await Promise.race([stopping, patience]).finally(() => clearTimeout(timer));
}

/**
 * A run that somebody interrupts in the web UI is answered like any other, with half an image. The
 * server's state tells, until its next run begins (`modules/shared_state.py`).
 */
async function wasInterrupted(client: A1111Client, { signal }: RunAbort): Promise<boolean> {
  try {
    return (await client.globalProgress(signal)).state?.interrupted ?? false;
  } catch (error) {
    // The image is there, and whole as far as anybody knows.
    if (error instanceof BackendError) return false;
    throw error;
  }
}

/** The connection broke while the server was at it; or it failed, and has nothing to be stopped. */
function isLost(error: unknown): boolean {
  return error instanceof BackendError && error.kind === 'transient';
}

/** `extra-single-image`: without an id, so that it can be neither followed nor stopped. */
async function upscale(
  { image, count }: BackendRequest,
  { onProgress }: BackendRunContext,
  abort: RunAbort,
  { client, settings }: RunDependencies,
): Promise<BackendResult> {
  if (image === undefined) throw invalidRequest('an image to enlarge is missing');
  if (count > 1) throw invalidRequest('an image is enlarged once');
  const listed = settings.upscaler ? [] : await client.upscalers(abort.signal);
  const upscaler =
    settings.upscaler ?? knownUpscalers.find((name) => listed.includes(name)) ?? 'Lanczos';
  abort.throwIfAborted();
  const content = await client.upscale(
    {
      image: encodeBase64(image.bytes),
      resize_mode: 0,
      upscaling_resize: upscaleFactor,
      upscaler_1: upscaler,
    },
    abort.signal,
  );
  abort.throwIfAborted();
  onProgress({ fraction: 1 });
  return { images: [{ bytes: imageIn(content) }], model: upscaler };
}

const upscaleFactor = 2;
/** Best first. */
const knownUpscalers = [
  '4x-UltraSharp',
  '4x_foolhardy_Remacri',
  'R-ESRGAN 4x+',
  'SwinIR_4x',
  'ESRGAN_4x',
];

function imageIn(content: string): Uint8Array {
  const decoded = decodeImageContent(content);
  if (decoded.problem !== undefined) throw badImage(decoded.problem, service);
  return decoded.bytes;
}

function withSeed(bytes: Uint8Array, seed: number | undefined) {
  const isOurs = seed !== undefined && Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32;
  return { bytes, ...(isOurs && { seed }) };
}
