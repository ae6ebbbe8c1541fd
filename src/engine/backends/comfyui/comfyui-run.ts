import type {
  BackendHandle,
  BackendRequest,
  BackendResult,
  BackendRunContext,
} from '../backend.js';
import { BackendError } from '../backend-error.js';
import type { RunAbort } from '../run-abort.js';
import { fromUnknown } from '../service/service-errors.js';
import type { StoredImage } from './comfyui-answers.js';
import type { ComfyUiClient, RunIds } from './comfyui-client.js';
import { forgotten, handleUnsaved } from './comfyui-errors.js';
import type { ComfyUiLog, ComfyUiTimings } from './comfyui-options.js';
import type { Frame } from './frames.js';
import type { LiveSocket } from './live-socket.js';
import { createProgressTracker } from './progress-tracker.js';
import { cancelRun } from './run-cancel.js';
import { handleOf, type RunHandle, readHandle } from './run-handle.js';
import { type Choice, checkRequest, planRun, type RunPlan } from './run-plan.js';
import { submitRun } from './run-submission.js';
import { uploadInputs } from './run-uploads.js';
import { watchRun } from './run-watch.js';

export interface RunDependencies {
  readonly client: ComfyUiClient;
  readonly openSocket: (options: {
    clientId: string;
    isTakenOver: boolean;
    onFrame: (frame: Frame) => void;
  }) => LiveSocket;
  readonly choose: (request: BackendRequest, signal: AbortSignal) => Promise<Choice>;
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
  checkRequest(request);
  const choice = await dependencies.choose(request, abort.signal);
  const { model, served } = choice;
  const uploads = await uploadInputs(request, served.workflow, client, abort.signal);
  const plan = planRun(request, choice, uploads);
  const handle = {
    promptId: random.uuid(),
    clientId: random.uuid(),
    model: model.id,
    name: model.name,
    outputs: served.workflow.outputs.join(','),
  };
  abort.throwIfAborted();
  // Before the call leaves: whatever happens to us then, the run can be found again.
  await context.saveHandle(handleOf(handle)).catch((cause: unknown) => {
    throw handleUnsaved(cause);
  });
  const run = { handle, plan, count: request.count, context, abort, dependencies };
  return followRun({ ...run, isResumed: false }, (ids, socket, onOtherId) =>
    abort.pause(timings.socketOpenMs, socket.opened).then(() =>
      submitRun({
        submission: { ...ids, graph: plan.graph, extraData: { preview_method: previewMethod } },
        client,
        abort,
        onOtherId,
        timings,
        clock: dependencies.clock,
        stop: (promptId) => cancelRun({ ...ids, promptId }, dependencies),
      }),
    ),
  );
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
  const plan = await planAgain(request, handle, abort, dependencies);
  const run = { handle, plan, count: request.count, context, abort, dependencies };
  return followRun({ ...run, isResumed: true }, async ({ promptId }) => promptId);
}

/**
 * Only to weigh its nodes and to tell how it was made: nothing of it is sent, and a model that is
 * gone by now leaves the run as it is.
 */
async function planAgain(
  request: BackendRequest,
  { model }: RunHandle,
  abort: RunAbort,
  { choose, timings }: RunDependencies,
): Promise<RunPlan | undefined> {
  const patience = AbortSignal.any([abort.signal, AbortSignal.timeout(timings.listMs)]);
  try {
    const asked = request.operation === 'upscale' ? request : { ...request, model };
    return planRun(request, await choose(asked, patience), {});
  } catch (error) {
    abort.throwIfAborted();
    if (error instanceof BackendError) return undefined;
    throw error;
  }
}

interface FollowedRun {
  readonly handle: RunHandle;
  /** Absent where it is not known any more. */
  readonly plan: RunPlan | undefined;
  readonly count: number;
  readonly context: BackendRunContext;
  readonly abort: RunAbort;
  readonly dependencies: RunDependencies;
  readonly isResumed: boolean;
}

/** From the socket's opening to the last image, or to the cancel at the server. */
async function followRun(
  { handle, plan, count, context, abort, dependencies, isResumed }: FollowedRun,
  submit: (
    run: RunIds,
    socket: LiveSocket,
    onOtherId: (promptId: string) => Promise<void>,
  ) => Promise<string>,
): Promise<BackendResult> {
  const { client, openSocket, timings, clock, log } = dependencies;
  const { clientId } = handle;
  let { promptId } = handle;
  let heardAt = clock.now();
  let tellNews: () => void = () => undefined;
  let tracker = trackerFor(promptId);

  function trackerFor(id: string) {
    const { previewMs } = timings;
    const report = context.onProgress;
    const graph = plan?.graph ?? {};
    return createProgressTracker({ promptId: id, graph, previewMs, clock, report });
  }

  /** Versions before 2025 choose the id themselves. */
  async function onOtherId(given: string): Promise<void> {
    promptId = given;
    tracker = trackerFor(given);
    await context.saveHandle(handleOf({ ...handle, promptId: given }));
  }

  const socket = openSocket({
    clientId,
    isTakenOver: isResumed,
    onFrame(frame) {
      if (abort.reason !== undefined || !tracker.take(frame)) return;
      heardAt = clock.now();
      if (frame.type === 'finished') tellNews();
    },
  });
  try {
    await submit({ promptId, clientId }, socket, onOtherId);
    const stored = await watchRun({
      run: { promptId, clientId },
      outputs: handle.outputs.split(','),
      client,
      onOtherId,
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
    const chosen = stored.slice(0, count);
    const images = await Promise.all(
      chosen.map(async (image, index) => {
        const bytes = await fetchImage(image, client, abort);
        return { bytes, ...(index === 0 && plan?.seed !== undefined && { seed: plan.seed }) };
      }),
    );
    const { parameters, workflowHash } = plan ?? {};
    return {
      images,
      model: handle.name,
      ...(parameters && { parameters }),
      ...(workflowHash !== undefined && { workflowHash }),
    };
  } catch (error) {
    if (abort.reason === 'cancel') {
      await cancelRun({ promptId, clientId }, dependencies).catch((failure: unknown) => {
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
