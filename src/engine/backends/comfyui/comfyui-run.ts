import { encodeMask } from '../../images/mask.js';
import type {
  BackendHandle,
  BackendRequest,
  BackendResult,
  BackendRunContext,
} from '../backend.js';
import { BackendError } from '../backend-error.js';
import { nameOf } from '../checkpoint-profile.js';
import type { RunAbort } from '../run-abort.js';
import type { StoredImage } from './comfyui-answers.js';
import type { ComfyUiClient } from './comfyui-client.js';
import { forgotten, fromUnknown, handleUnsaved } from './comfyui-errors.js';
import type { ComfyUiLog, ComfyUiTimings } from './comfyui-options.js';
import type { Frame } from './frames.js';
import type { LiveSocket } from './live-socket.js';
import { createProgressTracker } from './progress-tracker.js';
import { cancelRun } from './run-cancel.js';
import { handleOf, type RunHandle, readHandle } from './run-handle.js';
import {
  checkOperation,
  type PlanOptions,
  planRun,
  type RunPlan,
  type Uploads,
} from './run-plan.js';
import { submitRun } from './run-submission.js';
import { createLook, watchRun } from './run-watch.js';

export interface RunDependencies {
  readonly client: ComfyUiClient;
  readonly openSocket: (options: {
    clientId: string;
    isTakenOver: boolean;
    onFrame: (frame: Frame) => void;
  }) => LiveSocket;
  readonly defaultCheckpoint: (signal: AbortSignal) => Promise<string>;
  readonly planOptions: PlanOptions;
  readonly previewMethod: string;
  readonly timings: ComfyUiTimings;
  readonly clock: { now(): number };
  readonly random: { uuid(): string };
  readonly log: ComfyUiLog;
}

/** @throws BackendError */
export async function startRun(
  request: BackendRequest,
  context: BackendRunContext,
  abort: RunAbort,
  dependencies: RunDependencies,
): Promise<BackendResult> {
  const { client, random, timings, previewMethod } = dependencies;
  abort.throwIfAborted();
  checkOperation(request);
  const checkpoint = request.model ?? (await dependencies.defaultCheckpoint(abort.signal));
  const uploads = await uploadInputs(request, client, abort.signal);
  const plan = planRun(request, checkpoint, uploads, dependencies.planOptions);
  const handle = { promptId: random.uuid(), clientId: random.uuid(), checkpoint };
  abort.throwIfAborted();
  // Before the call leaves: whatever happens to us then, the run can be found again.
  await context.saveHandle(handleOf(handle)).catch((cause: unknown) => {
    throw handleUnsaved(cause);
  });
  const run = { handle, plan, context, abort, dependencies, isResumed: false };
  return followRun(run, (promptId, socket) =>
    abort.pause(timings.socketOpenMs, socket.opened).then(() =>
      submitRun({
        submission: {
          promptId,
          clientId: handle.clientId,
          graph: plan.graph,
          extraData: { preview_method: previewMethod },
        },
        checkpoint,
        client,
        abort,
        saveHandle: context.saveHandle,
        look: createLook(client),
        timings,
        clock: dependencies.clock,
        stop: (id) => cancelRun(id, dependencies),
      }),
    ),
  );
}

async function uploadInputs(
  { image, mask }: BackendRequest,
  client: ComfyUiClient,
  signal: AbortSignal,
): Promise<Uploads> {
  // As black and white: the server reads transparency the other way round, and none as 'nothing'.
  const drawn = mask && { ...mask, bytes: await encodeMask(mask.bytes), mediaType: 'image/png' };
  return {
    ...(image && { image: await client.upload(image, signal) }),
    ...(drawn && { mask: await client.upload(drawn, signal) }),
  };
}

/** @throws BackendError */
export async function resumeRun(
  saved: BackendHandle,
  request: BackendRequest,
  context: BackendRunContext,
  abort: RunAbort,
  dependencies: RunDependencies,
): Promise<BackendResult> {
  const handle = readHandle(saved);
  if (handle === undefined) throw forgotten(JSON.stringify(saved));
  // Only to weigh its nodes and to count its images: nothing of it is sent.
  const plan = planRun(request, handle.checkpoint, {}, dependencies.planOptions);
  const run = { handle, plan, context, abort, dependencies, isResumed: true };
  return followRun(run, async (promptId) => promptId);
}

interface FollowedRun {
  readonly handle: RunHandle;
  readonly plan: RunPlan;
  readonly context: BackendRunContext;
  readonly abort: RunAbort;
  readonly dependencies: RunDependencies;
  readonly isResumed: boolean;
}

/** From the socket's opening to the last image, or to the cancel at the server. */
async function followRun(
  { handle, plan, context, abort, dependencies, isResumed }: FollowedRun,
  submit: (promptId: string, socket: LiveSocket) => Promise<string>,
): Promise<BackendResult> {
  const { client, openSocket, timings, clock, log } = dependencies;
  let { promptId } = handle;
  let heardAt = clock.now();
  let tellNews: () => void = () => undefined;
  let tracker = trackerFor(promptId);

  function trackerFor(id: string) {
    const { previewMs } = timings;
    const report = context.onProgress;
    return createProgressTracker({ promptId: id, graph: plan.graph, previewMs, clock, report });
  }

  const socket = openSocket({
    clientId: handle.clientId,
    isTakenOver: isResumed,
    onFrame(frame) {
      if (abort.reason !== undefined || !tracker.take(frame)) return;
      heardAt = clock.now();
      if (frame.type === 'finished') tellNews();
    },
  });
  try {
    const given = await submit(promptId, socket);
    if (given !== promptId) {
      promptId = given;
      tracker = trackerFor(given);
    }
    const stored = await watchRun({
      promptId,
      look: createLook(client),
      abort,
      timings,
      clock,
      nextNews: () => new Promise((resolve) => (tellNews = resolve)),
      heardAt: () => heardAt,
      onPlace(place) {
        if (place === 'pending') tracker.waiting();
        if (place !== 'running' || !socket.isReconnected) return;
        if (clock.now() - heardAt < timings.deafMs) return;
        heardAt = clock.now();
        socket.renew();
      },
    });
    const chosen = stored.slice(0, plan.count);
    const images = await Promise.all(
      chosen.map(async (image, index) => {
        const bytes = await fetchImage(image, client, abort);
        return { bytes, ...(index === 0 && { seed: plan.seed }) };
      }),
    );
    return { images, model: nameOf(handle.checkpoint) };
  } catch (error) {
    if (abort.reason === 'cancel') {
      await cancelRun(promptId, dependencies).catch((failure: unknown) => {
        log.warn({ promptId, error: String(failure) }, 'ComfyUI could not be told to stop a run');
      });
    }
    abort.throwIfAborted();
    throw fromUnknown(error);
  } finally {
    socket.close();
  }
}

const viewTries = 3;
const viewPauseMs = 300;

/** Fetched again where it came in half: the run has ended well, and need not be repeated for it. */
async function fetchImage(
  image: StoredImage,
  client: ComfyUiClient,
  abort: RunAbort,
): Promise<Uint8Array> {
  for (let tries = 1; ; tries++) {
    try {
      return await client.view(image, abort.signal);
    } catch (error) {
      abort.throwIfAborted();
      if (!(error instanceof BackendError) || !error.retryable || tries === viewTries) throw error;
      await abort.pause(viewPauseMs * tries);
    }
  }
}
