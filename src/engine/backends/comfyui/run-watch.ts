import { BackendError } from '../backend-error.js';
import type { RunAbort } from '../run-abort.js';
import { fromUnknown } from '../service/service-errors.js';
import { executionError, type HistoryEntry, type StoredImage } from './comfyui-answers.js';
import type { ComfyUiClient, LookLimits, QueuePlace, RunIds } from './comfyui-client.js';
import {
  forgotten,
  fromExecution,
  fromUnexplained,
  interruptedByOthers,
  noImages,
  unreachable,
} from './comfyui-errors.js';
import type { ComfyUiTimings } from './comfyui-options.js';

/** Where the server has a run, and under which id; undefined when it has it nowhere. */
export type Place =
  | QueuePlace
  | { readonly state: 'ended'; readonly promptId: string; readonly entry: HistoryEntry };

type Look = (run: RunIds, limits?: LookLimits) => Promise<Place | undefined>;

/**
 * Asks history, then queue, then history again: a run moves from the queue to the history at once,
 * so that it can be in neither only when the server does not know it.
 */
function createLook(client: ComfyUiClient): Look {
  return async (run, limits) => {
    const { promptId } = run;
    const before = await client.history(promptId, limits);
    if (before !== undefined) return { state: 'ended', promptId, entry: before };
    const place = await client.queued(run, limits);
    if (place !== undefined) return place;
    const entry = await client.history(promptId, limits);
    return entry && { state: 'ended', promptId, entry };
  };
}

export interface LookTwiceOptions {
  readonly client: ComfyUiClient;
  readonly abort: RunAbort;
  readonly recheckMs: number;
}

/**
 * A call that is still on its way to the server is found by the second look. Versions that choose
 * the ids themselves may have ended the run under one that we were never told.
 */
export async function lookTwice(
  run: RunIds,
  { client, abort, recheckMs }: LookTwiceOptions,
  timeoutMs?: number,
): Promise<Place | undefined> {
  const look = createLook(client);
  const limits = { signal: abort.signal, ...(timeoutMs !== undefined && { timeoutMs }) };
  const first = await look(run, limits);
  if (first !== undefined) return first;
  await abort.pause(recheckMs);
  abort.throwIfAborted();
  const second = await look(run, limits);
  if (second !== undefined) return second;
  const ended = await client.lastEnded(run.clientId, limits);
  return ended && { state: 'ended', ...ended };
}

export interface RunWatchOptions {
  readonly run: RunIds;
  /** Nodes whose images count; all, where there are none. */
  readonly outputs: readonly string[];
  readonly client: ComfyUiClient;
  readonly abort: RunAbort;
  readonly timings: ComfyUiTimings;
  readonly clock: { now(): number };
  /** Resolves at the next word of the socket that the run is over. */
  readonly nextNews: () => Promise<void>;
  /** When the socket last told something of this run. */
  readonly heardAt: () => number;
  readonly onPlace: (state: 'running' | 'pending') => void;
  /** The server has the run under another id than ours. */
  readonly onOtherId: (promptId: string) => Promise<void>;
}

/**
 * Waits for the end of a run and answers its images. The history decides; the socket only says when
 * to look at once.
 * @throws BackendError
 */
export async function watchRun(options: RunWatchOptions): Promise<readonly StoredImage[]> {
  const { run, outputs, client, abort, timings, clock, nextNews, heardAt, onPlace } = options;
  const { clientId } = run;
  let { promptId } = run;
  const { recheckMs, callMs, pollMs, unreachableMs } = timings;
  let answeredAt = clock.now();
  const leftMs = () => Math.max(answeredAt, heardAt()) + unreachableMs - clock.now();
  while (true) {
    abort.throwIfAborted();
    // Asked for before the look, so that what arrives meanwhile is not missed.
    const news = nextNews();
    const timeoutMs = Math.min(callMs, Math.max(leftMs(), leastLookMs));
    const twice = { client, abort, recheckMs };
    const ids = { promptId, clientId };
    const found = await lookTwice(ids, twice, timeoutMs).catch(fromUnknown);
    abort.throwIfAborted();
    if (found instanceof BackendError) {
      if (leftMs() <= 0) throw unreachable(promptId, found);
    } else {
      answeredAt = clock.now();
      if (found === undefined) throw forgotten(promptId);
      if (found.promptId !== promptId) {
        promptId = found.promptId;
        await options.onOtherId(promptId);
      }
      if (found.state === 'ended') return imagesOf(promptId, found.entry, outputs);
      onPlace(found.state);
    }
    await abort.pause(Math.min(pollMs, Math.max(leftMs(), leastPauseMs)), news);
  }
}

const leastLookMs = 500;
const leastPauseMs = 50;

/** An interrupt counts as an `error` there; only the messages tell it from one. */
function imagesOf(
  promptId: string,
  { outputs, status }: HistoryEntry,
  wanted: readonly string[],
): readonly StoredImage[] {
  for (const [name, data] of status?.messages ?? []) {
    if (name === 'execution_interrupted') throw interruptedByOthers(promptId);
    if (name === 'execution_error') throw fromExecution(executionError.parse(data));
  }
  if (status?.status_str === 'error') throw fromUnexplained(promptId);
  const marked = wanted.flatMap((node) => outputs[node]?.images ?? []);
  const all = Object.values(outputs).flatMap((output) => output.images ?? []);
  const images = marked.length > 0 ? marked : all;
  const saved = images.filter((image) => image.type === 'output');
  const chosen = saved.length > 0 ? saved : images;
  if (chosen.length === 0) throw noImages(promptId);
  return chosen;
}
