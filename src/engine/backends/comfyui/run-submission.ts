import { BackendError } from '../backend-error.js';
import { aborted, type RunAbort } from '../run-abort.js';
import { fromUnknown } from '../service/service-errors.js';
import type { ComfyUiClient, Submission } from './comfyui-client.js';
import { unreachable } from './comfyui-errors.js';
import type { ComfyUiTimings } from './comfyui-options.js';
import { lookTwice, type Place } from './run-watch.js';

export interface SubmitRunOptions {
  readonly submission: Submission;
  readonly client: ComfyUiClient;
  readonly abort: RunAbort;
  /** The server has the run under another id than ours. */
  readonly onOtherId: (promptId: string) => Promise<void>;
  readonly timings: ComfyUiTimings;
  readonly clock: { now(): number };
  /** Stops the run at the server. */
  readonly stop: (promptId: string) => Promise<void>;
}

/** After an abort, an answer on its way is still waited for so long: it says what to cancel. */
const answerGraceMs = 3_000;

/**
 * Submits the run once, and answers the id under which the server has it. ComfyUI runs the same id
 * twice when it is sent twice: where the outcome of the call is unknown (reset, time-out, 5xx of a
 * proxy), queue and history are asked for it. Whether a run that is in neither is sent again, the
 * engine says, which counts the submissions.
 * @throws BackendError
 */
export async function submitRun(options: SubmitRunOptions): Promise<string> {
  const { submission, abort } = options;
  const { promptId } = submission;
  try {
    return await submitOnce(options);
  } catch (error) {
    const mayHaveArrived = error instanceof BackendError && error.kind === 'transient';
    if (!mayHaveArrived) throw error;
    abort.throwIfAborted();
    const place = await lookPatiently(options);
    if (place === undefined) throw error;
    if (place.promptId !== promptId) await options.onOtherId(place.promptId);
    return place.promptId;
  }
}

/** The server may be starting again, or a proxy of its: asked until it answers, or for too long. */
async function lookPatiently(options: SubmitRunOptions): Promise<Place | undefined> {
  const { submission, abort, timings, clock, client } = options;
  const { recheckMs, callMs, unreachableMs, pollMs } = timings;
  const { promptId } = submission;
  const giveUpAt = clock.now() + unreachableMs;
  while (true) {
    const leftMs = giveUpAt - clock.now();
    const timeoutMs = Math.min(callMs, Math.max(leftMs, recheckMs));
    try {
      return await lookTwice(submission, { client, abort, recheckMs }, timeoutMs);
    } catch (error) {
      abort.throwIfAborted();
      if (clock.now() >= giveUpAt) throw unreachable(promptId, fromUnknown(error));
      await abort.pause(Math.min(pollMs, Math.max(giveUpAt - clock.now(), 0)));
    }
    abort.throwIfAborted();
  }
}

async function submitOnce(options: SubmitRunOptions): Promise<string> {
  const { submission, client, abort, onOtherId, stop } = options;
  const hangUp = new AbortController();
  const answer = client.submit(submission, hangUp.signal);
  await abort.pause(2 ** 31 - 1, answer);
  if (abort.reason !== undefined) {
    const grace = setTimeout(() => hangUp.abort(), answerGraceMs);
    await answer.catch(() => undefined).finally(() => clearTimeout(grace));
  }
  const { promptId, dropped } = await answer.catch((error: unknown) => {
    if (abort.reason !== undefined) throw aborted(abort.reason, error);
    throw error;
  });
  if (promptId !== submission.promptId) {
    await onOtherId(promptId);
  }
  if (dropped !== undefined) {
    await stop(promptId);
    throw dropped;
  }
  return promptId;
}
