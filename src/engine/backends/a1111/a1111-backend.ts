import { randomUUID } from 'node:crypto';
import type { Backend, BackendCapabilities } from '../backend.js';
import { BackendError, notResumable } from '../backend-error.js';
import { checkRequest } from '../request-check.js';
import { createRunAbort } from '../run-abort.js';
import { readServerAddress } from '../server-address.js';
import { createHttpExchanger } from '../service/exchange.js';
import { fromUnknown, unhealthy } from '../service/service-errors.js';
import { createA1111Client } from './a1111-client.js';
import { type A1111Options, defaultTimings } from './a1111-options.js';
import { type RunDependencies, startRun } from './a1111-run.js';
import { createInstalledCheckpoints } from './checkpoints.js';
import type { SamplingChoices } from './generation.js';
import { openPositionReader } from './run-position.js';
import { stopTask } from './run-stop.js';

const capabilities: BackendCapabilities = {
  operations: new Set(['generate', 'edit', 'inpaint', 'upscale', 'vary']),
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
  // The images are in the answer alone. A free service: what was lost is run again.
  resumable: false,
  paid: false,
};

const defaultMaxAnswerBytes = 100 * 1024 * 1024;

/** One web UI of the AUTOMATIC1111 family. Nothing is opened until it is asked for something. */
export function createA1111Backend(options: A1111Options): Backend {
  const timings = { ...defaultTimings, ...options.timings };
  const http = createHttpExchanger(options.fetch);
  const address = readServerAddress(options.url, options.headers);
  const maxAnswerBytes = options.maxAnswerBytes ?? defaultMaxAnswerBytes;
  const client = createA1111Client(http, address, timings, maxAnswerBytes);
  const checkpoints = createInstalledCheckpoints(client, options.checkpoint);
  const closing = new AbortController();
  const working = new Set<Promise<unknown>>();

  function background(work: Promise<unknown>): void {
    const tracked = work
      .catch((error: unknown) => {
        options.log.warn({ error: String(error) }, 'A task could not be followed to its end');
      })
      .finally(() => working.delete(tracked));
    working.add(tracked);
  }

  /** Servers without these lists sample as they like. */
  async function choices(signal: AbortSignal): Promise<SamplingChoices> {
    const none = (error: unknown) => {
      if (error instanceof BackendError && error.kind !== 'unavailable') return [];
      if (error instanceof BackendError && error.operatorText !== undefined) return [];
      throw error;
    };
    const [samplers, schedulers] = await Promise.all([
      client.samplers(signal).catch(none),
      client.schedulers(signal).catch(none),
    ]);
    return { samplers, schedulers };
  }

  const deps: RunDependencies = {
    client,
    checkpoints,
    choices,
    settings: options,
    timings,
    clock: options.clock ?? { now: () => performance.now() },
    random: options.random ?? { uuid: randomUUID },
    log: options.log,
    closing: closing.signal,
    background,
  };

  return {
    name: options.name,
    type: 'a1111',
    capabilities,

    async models(signal) {
      const installed = await checkpoints.list(signal).catch((error: unknown) => {
        throw fromUnknown(error);
      });
      return installed.map(({ title, name }) => ({ id: title, name }));
    },

    async health(signal) {
      await client.health(signal).catch((error: unknown) => {
        throw unhealthy(error);
      });
    },

    async run(request, context) {
      checkRequest(request, capabilities);
      const abort = createRunAbort(context.signal, closing.signal);
      const run = startRun(request, context, abort, deps).catch((error: unknown) => {
        abort.throwIfAborted();
        throw fromUnknown(error);
      });
      background(run.catch(() => undefined));
      return run.finally(() => abort.dispose());
    },

    async resume() {
      throw notResumable('A run of the web UI', false);
    },

    async cancel({ taskId }) {
      if (typeof taskId !== 'string') return;
      const signal = AbortSignal.timeout(timings.callMs);
      const position = await openPositionReader(client, taskId, signal);
      background(stopTask(taskId, position, deps));
    },

    async close() {
      closing.abort('detach');
      await Promise.allSettled(working);
      await http.close();
    },
  };
}
