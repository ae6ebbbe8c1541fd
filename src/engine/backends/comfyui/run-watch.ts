import { BackendError } from '../backend-error.js';
import type { RunAbort } from '../run-abort.js';
import { executionError, type HistoryEntry, type StoredImage } from './comfyui-answers.js';
import type { ComfyUiClient, LookLimits } from './comfyui-client.js';
import {
  forgotten,
  fromExecution,
  fromUnexplained,
  fromUnknown,
  interruptedByOthers,
  noImages,
  unreachable,
} from './comfyui-errors.js';
import type { ComfyUiTimings } from './comfyui-options.js';

/** Where the server has a run; undefined when it has it nowhere. */
export type Place =
  | { readonly state: 'running' | 'pending' }
  | { readonly state: 'ended'; readonly entry: HistoryEntry };

export type Look = (promptId: string, limits?: LookLimits) => Promise<Place | undefined>;

/**
 * Asks history, then queue, then history again: a run moves from the queue to the history at once,
 * so that it can be in neither only when the server does not know it.
 */
export function createLook(client: ComfyUiClient): Look {
  return async (promptId, limits) => {
    const before = await client.history(promptId, limits);
    if (before !== undefined) return { state: 'ended', entry: before };
    const state = await client.queued(promptId, limits);
    if (state !== undefined) return { state };
    const entry = await client.history(promptId, limits);
    return entry && { state: 'ended', entry };
  };
}

export interface LookTwiceOptions {
  readonly look: Look;
  readonly abort: RunAbort;
  readonly recheckMs: number;
}

/** A call that is still on its way to the server is found by the second look. */
export async function lookTwice(
  promptId: string,
  { look, abort, recheckMs }: LookTwiceOptions,
  timeoutMs?: number,
): Promise<Place | undefined> {
  const limits = { signal: abort.signal, ...(timeoutMs !== undefined && { timeoutMs }) };
  const first = await look(promptId, limits);
  if (first !== undefined) return first;
  await abort.pause(recheckMs);
  abort.throwIfAborted();
  return look(promptId, limits);
}

export interface RunWatchOptions {
  readonly promptId: string;
  readonly look: Look;
  readonly abort: RunAbort;
  readonly timings: ComfyUiTimings;
  readonly clock: { now(): number };
  /** Resolves at the next word of the socket that the run is over. */
  readonly nextNews: () => Promise<void>;
  /** When the socket last told something of this run. */
  readonly heardAt: () => number;
  readonly onPlace: (state: 'running' | 'pending') => void;
}

/**
 * Waits for the end of a run and answers its images. The history decides; the socket only says when
 * to look at once.
 * @throws BackendError
 */
export async function watchRun(options: RunWatchOptions): Promise<readonly StoredImage[]> {
  const { promptId, abort, timings, clock, look, nextNews, heardAt, onPlace } = options;
  const { recheckMs, callMs, pollMs, unreachableMs } = timings;
  let answeredAt = clock.now();
  const leftMs = () => Math.max(answeredAt, heardAt()) + unreachableMs - clock.now();
  while (true) {
    abort.throwIfAborted();
    // Asked for before the look, so that what arrives meanwhile is not missed.
    const news = nextNews();
    const timeoutMs = Math.min(callMs, Math.max(leftMs(), leastLookMs));
    const twice = { look, abort, recheckMs };
    const found = await lookTwice(promptId, twice, timeoutMs).catch(fromUnknown);
    abort.throwIfAborted();
    if (found instanceof BackendError) {
      if (leftMs() <= 0) throw unreachable(promptId, found);
    } else {
      answeredAt = clock.now();
      if (found === undefined) throw forgotten(promptId);
      if (found.state === 'ended') return imagesOf(promptId, found.entry);
      onPlace(found.state);
    }
    await abort.pause(Math.min(pollMs, Math.max(leftMs(), leastPauseMs)), news);
  }
}

const leastLookMs = 500;
const leastPauseMs = 50;

/** An interrupt counts as an `error` there; only the messages tell it from one. */
function imagesOf(promptId: string, { outputs, status }: HistoryEntry): readonly StoredImage[] {
  for (const [name, data] of status?.messages ?? []) {
    if (name === 'execution_interrupted') throw interruptedByOthers(promptId);
    if (name === 'execution_error') throw fromExecution(executionError.parse(data));
  }
  if (status?.status_str === 'error') throw fromUnexplained(promptId);
  const images = Object.values(outputs).flatMap((output) => output.images ?? []);
  const saved = images.filter((image) => image.type === 'output');
  const chosen = saved.length > 0 ? saved : images;
  if (chosen.length === 0) throw noImages(promptId);
  return chosen;
}
