import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type {
  Backend,
  BackendCapabilities,
  BackendRequest,
  BackendRunContext,
} from '../backend.js';
import { createRunAbort, type RunAbort } from '../run-abort.js';
import { readServerAddress } from '../server-address.js';
import { fromUnknown, unhealthy } from '../service/service-errors.js';
import { allOf, findByName } from './catalogue.js';
import { createClassBook } from './class-book.js';
import { createComfyUiClient } from './comfyui-client.js';
import { type ComfyUiOptions, defaultTimings } from './comfyui-options.js';
import { type RunDependencies, resumeRun, startRun } from './comfyui-run.js';
import { createHttpCaller } from './http-caller.js';
import { openLiveSocket } from './live-socket.js';
import { createModelCatalogue } from './model-catalogue.js';
import { cancelRun } from './run-cancel.js';
import { readHandle } from './run-handle.js';
import { type Choice, chooseModel } from './run-plan.js';
import { checkpointModel } from './shipped-models.js';

export type { ComfyUiLog, ComfyUiOptions, ComfyUiTimings } from './comfyui-options.js';

/** What a server can do that has checkpoints alone: so it is taken to be until it is asked. */
const usualCapabilities: BackendCapabilities = {
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
  const { name } = options;
  const address = readServerAddress(options.url, options.headers);
  const { url, headers } = address;
  const timings = { ...defaultTimings, ...options.timings };
  const clock = options.clock ?? { now: () => performance.now() };
  const http = createHttpCaller({
    ...address,
    idleMs: timings.idleMs,
    fetch: options.fetch ?? fetch,
  });
  const maxImageBytes = options.maxImageBytes ?? defaultMaxImageBytes;
  const client = createComfyUiClient(http, timings, maxImageBytes);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  const catalogue = createModelCatalogue({
    client,
    classes: createClassBook(client),
    options,
    closing: closing.signal,
    log: options.log,
    name,
  });
  let wasAway = false;

  async function choose(request: BackendRequest, signal: AbortSignal): Promise<Choice> {
    const { model } = request;
    const known = await catalogue.current(signal);
    const isKnown = model === undefined || findByName(known.models, model) !== undefined;
    const latest = isKnown ? known : await catalogue.refresh(signal);
    return chooseModel(request, latest, (id) => checkpointModel(id, options.pixels ?? {}));
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
    choose,
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
    get capabilities() {
      return { ...usualCapabilities, ...(catalogue.latest && allOf(catalogue.latest)) };
    },

    async models(signal) {
      const { models } = await catalogue.refresh(signal).catch((error: unknown) => {
        throw fromUnknown(error);
      });
      return models.map(({ id, name, capabilities }) => ({ id, name, capabilities }));
    },

    async health(signal) {
      await client.health(signal).catch((error: unknown) => {
        wasAway = true;
        throw unhealthy(fromUnknown(error));
      });
      if (wasAway) catalogue.forget();
      wasAway = false;
    },

    run: (request, context) =>
      guarded(context, (abort) => startRun(request, context, abort, dependencies)),

    resume: (handle, request, context) =>
      guarded(context, (abort) => resumeRun(handle, request, context, abort, dependencies)),

    async cancel(handle) {
      const run = readHandle(handle);
      if (run === undefined) return;
      await cancelRun(run, dependencies).catch((error: unknown) => {
        throw fromUnknown(error);
      });
    },

    async close() {
      closing.abort('detach');
      await Promise.allSettled(running);
    },
  };
}
