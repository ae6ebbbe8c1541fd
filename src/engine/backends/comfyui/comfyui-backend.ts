import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Backend, BackendCapabilities, BackendRunContext } from '../backend.js';
import { createRunAbort, type RunAbort } from '../run-abort.js';
import { readServerAddress } from '../server-address.js';
import { createComfyUiClient } from './comfyui-client.js';
import { fromUnknown, noCheckpoint, unhealthy } from './comfyui-errors.js';
import { type ComfyUiOptions, defaultTimings } from './comfyui-options.js';
import { type RunDependencies, resumeRun, startRun } from './comfyui-run.js';
import { createHttpCaller } from './http-caller.js';
import { openLiveSocket } from './live-socket.js';
import { cancelRun } from './run-cancel.js';
import { readHandle } from './run-handle.js';
import { displayNames } from './run-plan.js';

export type { ComfyUiLog, ComfyUiOptions, ComfyUiTimings } from './comfyui-options.js';

const capabilities: BackendCapabilities = {
  operations: new Set(['generate', 'edit', 'inpaint', 'vary']),
  maxCount: 4,
  aspects: 'any',
  seed: true,
  negative: true,
  strength: true,
  mask: true,
  references: 0,
  preview: true,
  progress: true,
  cancel: 'exact',
  resumable: true,
  paid: false,
};

const defaultMaxImageBytes = 50 * 1024 * 1024;

/** One ComfyUI server. Nothing is opened until it is asked for something. */
export function createComfyUiBackend(options: ComfyUiOptions): Backend {
  const { name, checkpoint: configured } = options;
  const { url, headers } = readServerAddress(options.url, options.headers);
  const timings = { ...defaultTimings, ...options.timings };
  const clock = options.clock ?? { now: () => performance.now() };
  const http = createHttpCaller({
    url,
    headers,
    idleMs: timings.idleMs,
    fetch: options.fetch ?? fetch,
  });
  const maxImageBytes = options.maxImageBytes ?? defaultMaxImageBytes;
  const client = createComfyUiClient(http, timings, maxImageBytes);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  async function checkpoints(signal?: AbortSignal): Promise<readonly string[]> {
    const installed = await client.checkpoints(signal);
    if (installed.length === 0) throw noCheckpoint();
    if (configured === undefined || !installed.includes(configured)) return installed;
    return [configured, ...installed.filter((each) => each !== configured)];
  }

  const dependencies: RunDependencies = {
    client,
    openSocket: (socket) =>
      openLiveSocket({
        url,
        headers,
        timings,
        log: options.log,
        WebSocket: options.WebSocket ?? WebSocket,
        ...socket,
      }),
    async defaultCheckpoint(signal) {
      const [first] = configured === undefined ? await checkpoints(signal) : [configured];
      if (first === undefined) throw noCheckpoint();
      return first;
    },
    planOptions: options,
    previewMethod: options.previewMethod ?? 'auto',
    timings,
    clock,
    random: options.random ?? { uuid: randomUUID },
    log: options.log,
  };

  /** Every failure leaves as a `BackendError`, and `close` waits for every run. */
  async function guarded<T>(context: BackendRunContext, work: (abort: RunAbort) => Promise<T>) {
    const abort = createRunAbort(context.signal, closing.signal);
    const run = work(abort).catch((error: unknown) => {
      abort.throwIfAborted();
      throw fromUnknown(error);
    });
    running.add(run);
    try {
      return await run;
    } finally {
      running.delete(run);
      abort.dispose();
    }
  }

  return {
    name,
    type: 'comfyui',
    capabilities,

    async models(signal) {
      const ids = await checkpoints(signal).catch((error: unknown) => {
        throw fromUnknown(error);
      });
      const names = displayNames(ids);
      return ids.map((id, index) => ({ id, name: names[index] ?? id }));
    },

    async health(signal) {
      await client.health(signal).catch((error: unknown) => {
        throw unhealthy(fromUnknown(error));
      });
    },

    run: (request, context) =>
      guarded(context, (abort) => startRun(request, context, abort, dependencies)),

    resume: (handle, request, context) =>
      guarded(context, (abort) => resumeRun(handle, request, context, abort, dependencies)),

    async cancel(handle) {
      const run = readHandle(handle);
      if (run === undefined) return;
      await cancelRun(run.promptId, dependencies).catch((error: unknown) => {
        throw fromUnknown(error);
      });
    },

    async close() {
      closing.abort('detach');
      await Promise.allSettled(running);
    },
  };
}
