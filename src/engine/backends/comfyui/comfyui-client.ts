import { createHash } from 'node:crypto';
import type { BackendImage } from '../backend.js';
import { BackendError } from '../backend-error.js';
import { whyNotWhole } from '../output-image.js';
import {
  fileNames,
  type HistoryEntry,
  historyAnswer,
  jobCancelAnswer,
  loaderInfo,
  promptAnswer,
  queueAnswer,
  type StoredImage,
  systemStats,
  uploadAnswer,
} from './comfyui-answers.js';
import { badImage, fromRefusal } from './comfyui-errors.js';
import type { ComfyUiTimings } from './comfyui-options.js';
import type { Call, HttpCaller } from './http-caller.js';
import type { Graph } from './workflow.js';

export interface Submission {
  readonly promptId: string;
  readonly clientId: string;
  readonly graph: Graph;
  readonly extraData: Readonly<Record<string, unknown>>;
}

/** The calls of BACKENDS §1, one method each. All of them throw `BackendError`. */
export interface ComfyUiClient {
  health(signal?: AbortSignal): Promise<void>;
  checkpoints(signal?: AbortSignal): Promise<readonly string[]>;
  /** Answers the name under which `LoadImage` finds it. */
  upload(image: BackendImage, signal: AbortSignal): Promise<string>;
  /** Answers the id that the server gave the run: ours, but for old versions. */
  submit(submission: Submission, signal: AbortSignal): Promise<SubmitAnswer>;
  queued(promptId: string, limits?: LookLimits): Promise<'running' | 'pending' | undefined>;
  history(promptId: string, limits?: LookLimits): Promise<HistoryEntry | undefined>;
  /** One whole image. */
  view(image: StoredImage, signal: AbortSignal): Promise<Uint8Array>;
  /** Whether the server took it; undefined on versions without that call. */
  cancelJob(promptId: string): Promise<boolean | undefined>;
  deletePending(promptId: string): Promise<void>;
  interrupt(promptId: string): Promise<void>;
}

export interface LookLimits {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface SubmitAnswer {
  readonly promptId: string;
  /** The run was queued without some of its outputs. */
  readonly dropped?: BackendError;
}

/** Holds whole graphs of all that wait. */
const maxJsonBytes = 32 * 1024 * 1024;

export function createComfyUiClient(
  http: HttpCaller,
  timings: ComfyUiTimings,
  maxImageBytes: number,
): ComfyUiClient {
  const small = (path: string, signal?: AbortSignal): Call => ({
    path,
    signal,
    timeoutMs: timings.callMs,
    maxBytes: maxJsonBytes,
  });
  const post = (path: string, json: unknown): Call => ({ ...small(path), method: 'POST', json });

  return {
    async health(signal) {
      const call = { ...small('/system_stats', signal), timeoutMs: timings.healthMs };
      await http.json(call, (value) => systemStats.parse(value));
    },

    async checkpoints(signal) {
      const byFolder = small('/models/checkpoints', signal);
      try {
        return await http.json(byFolder, (value) => fileNames.parse(value));
      } catch (error) {
        // Versions before the folder's list answer 404, some proxies of theirs a page.
        if (!isUnknownCall(error)) throw error;
        const byLoader = small('/object_info/CheckpointLoaderSimple', signal);
        const info = await http.json(byLoader, (value) => loaderInfo.parse(value));
        return info.CheckpointLoaderSimple.input.required.ckpt_name;
      }
    },

    async upload(image, signal) {
      const form = new FormData();
      const bytes = new Uint8Array(image.bytes);
      form.set('image', new Blob([bytes], { type: image.mediaType }), uploadName(image));
      form.set('subfolder', 'easel');
      form.set('type', 'input');
      const limits = { ...small('/upload/image', signal), timeoutMs: timings.transferMs };
      const call = { ...limits, method: 'POST', form, isRepeatable: true } as const;
      const stored = await http.json(call, (value) => uploadAnswer.parse(value));
      return stored.subfolder === '' ? stored.name : `${stored.subfolder}/${stored.name}`;
    },

    async submit({ promptId, clientId, graph, extraData }, signal) {
      const json = {
        prompt: graph,
        client_id: clientId,
        prompt_id: promptId,
        extra_data: extraData,
      };
      const call = { ...post('/prompt', json), timeoutMs: timings.submitMs, signal };
      const answer = await http.json(call, (value) => promptAnswer.parse(value));
      const isPartial = Object.keys(answer.node_errors ?? {}).length > 0;
      return {
        promptId: answer.prompt_id,
        ...(isPartial && { dropped: fromRefusal({ node_errors: answer.node_errors }) }),
      };
    },

    async queued(promptId, limits) {
      const call = { ...small('/queue'), ...limits };
      const queue = await http.json(call, (value) => queueAnswer.parse(value));
      if (queue.queue_running.some(([, id]) => id === promptId)) return 'running';
      return queue.queue_pending.some(([, id]) => id === promptId) ? 'pending' : undefined;
    },

    async history(promptId, limits) {
      const call = { ...small(`/history/${encodeURIComponent(promptId)}`), ...limits };
      const history = await http.json(call, (value) => historyAnswer.parse(value));
      return history[promptId];
    },

    async view({ filename, subfolder, type }, signal) {
      const query = new URLSearchParams({ filename, subfolder, type });
      const call = { path: `/view?${query}`, signal, timeoutMs: timings.transferMs };
      const { bytes } = await http.call({ ...call, maxBytes: maxImageBytes });
      const why = whyNotWhole(bytes);
      if (why !== undefined) throw badImage('GET /view', why);
      return bytes;
    },

    async cancelJob(promptId) {
      try {
        const path = `/api/jobs/${encodeURIComponent(promptId)}/cancel`;
        const call = { ...post(path, {}), isRepeatable: true };
        return (await http.json(call, (value) => jobCancelAnswer.parse(value))).cancelled;
      } catch (error) {
        // Whatever it answers, the older way is still open; unless nobody answers.
        if (error instanceof BackendError && error.kind !== 'unavailable') return undefined;
        if (isUnknownCall(error)) return undefined;
        throw error;
      }
    },

    async deletePending(promptId) {
      await http.call(post('/queue', { delete: [promptId] }));
    },

    async interrupt(promptId) {
      await http.call(post('/interrupt', { prompt_id: promptId }));
    },
  };
}

/** A version without the call answers 404 or 405, a proxy or the server's own front end a page. */
function isUnknownCall(error: unknown): boolean {
  return error instanceof BackendError && error.operatorText !== undefined;
}

/**
 * Named by its content: the server keeps one file of the same picture used again, and finds its
 * work on it in its cache. Nobody can clean up after us, as ComfyUI deletes no inputs.
 */
function uploadName(image: BackendImage): string {
  const hash = createHash('sha256').update(image.bytes).digest('hex').slice(0, 32);
  return `${hash}.${extensions[image.mediaType] ?? 'png'}`;
}

const extensions: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
};
