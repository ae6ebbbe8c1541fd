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
import { type ModelFolder, modelFolders } from './model-family.js';
import { type NodeClass, nodeClassAnswer } from './node-class.js';
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
  /** Files of a folder; none where the server has no such folder, or does not tell. */
  modelFiles(folder: ModelFolder, signal?: AbortSignal): Promise<readonly string[]>;
  /** Null where the server has no such class, undefined where it cannot be asked for one. */
  nodeClass(name: string, signal?: AbortSignal): Promise<NodeClass | null | undefined>;
  /** All of them; undefined where the server does not tell. */
  nodeClasses(signal?: AbortSignal): Promise<Readonly<Record<string, NodeClass>> | undefined>;
  /** Answers the name under which `LoadImage` finds it. */
  upload(image: BackendImage, signal: AbortSignal): Promise<string>;
  /** Answers the id that the server gave the run: ours, but for old versions. */
  submit(submission: Submission, signal: AbortSignal): Promise<SubmitAnswer>;
  /** Where the queue has the run, under whatever id. */
  queued(run: RunIds, limits?: LookLimits): Promise<QueuePlace | undefined>;
  history(promptId: string, limits?: LookLimits): Promise<HistoryEntry | undefined>;
  /** The client's own run among the last that ended, under whatever id. */
  lastEnded(clientId: string, limits?: LookLimits): Promise<EndedRun | undefined>;
  /** One whole image. */
  view(image: StoredImage, signal: AbortSignal): Promise<Uint8Array>;
  /** Whether the server took it; undefined on versions without that call. */
  cancelJob(promptId: string): Promise<boolean | undefined>;
  deletePending(promptId: string): Promise<void>;
  interrupt(promptId: string): Promise<void>;
}

/** A run has a client id of its own; versions before 2025 choose its prompt id themselves. */
export interface RunIds {
  readonly promptId: string;
  readonly clientId: string;
}

export interface QueuePlace {
  readonly promptId: string;
  readonly state: 'running' | 'pending';
}

export interface EndedRun {
  readonly promptId: string;
  readonly entry: HistoryEntry;
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

/** As many as could have ended while we were away, and as can be read at once. */
const lastEndedRuns = 100;

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

    async modelFiles(folder, signal) {
      for (const name of modelFolders[folder]) {
        const call = { ...small(`/models/${name}`, signal), timeoutMs: timings.listMs };
        const files = await orUndefined(http.json(call, (value) => fileNames.parse(value)));
        if (files !== undefined) return files;
      }
      return [];
    },

    async nodeClass(name, signal) {
      const call = { ...small(`/object_info/${encodeURIComponent(name)}`, signal) };
      const answer = http.json({ ...call, timeoutMs: timings.listMs }, (value) =>
        nodeClassAnswer.parse(value),
      );
      const found = await orUndefined(answer);
      return found && (found[name] ?? null);
    },

    nodeClasses: (signal) =>
      orUndefined(
        http.json(small('/object_info', signal), (value) => nodeClassAnswer.parse(value)),
      ),

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

    async queued({ promptId, clientId }, limits) {
      const call = { ...small('/queue'), ...limits };
      const queue = await http.json(call, (value) => queueAnswer.parse(value));
      for (const state of ['running', 'pending'] as const) {
        const items = queue[`queue_${state}`];
        const found = items.find((item) => item.id === promptId || item.clientId === clientId);
        if (found) return { promptId: found.id, state };
      }
      return undefined;
    },

    async history(promptId, limits) {
      const call = { ...small(`/history/${encodeURIComponent(promptId)}`), ...limits };
      const history = await http.json(call, (value) => historyAnswer.parse(value));
      return history[promptId];
    },

    async lastEnded(clientId, limits) {
      const call = { ...small(`/history?max_items=${lastEndedRuns}`), ...limits };
      const history = await http.json(call, (value) => historyAnswer.parse(value));
      const found = Object.entries(history).find(([, { prompt }]) => prompt?.clientId === clientId);
      return found && { promptId: found[0], entry: found[1] };
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

/** For what is of use and not of need. What is unavailable is so for what is needed, too. */
async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof BackendError) return undefined;
    throw error;
  });
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
