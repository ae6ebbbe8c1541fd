import type { Backend, BackendCapabilities } from '../backend.js';
import { BackendError, notResumable } from '../backend-error.js';
import { createLocalRuns } from '../local-run.js';
import { checkRequest } from '../request-check.js';
import { createHttpExchanger } from '../service/exchange.js';
import { createLiveness } from '../service/liveness.js';
import { createSeedreamClient } from './seedream-client.js';
import { modelsOf } from './seedream-models.js';
import { defaultTimings, defaultUrl, type SeedreamOptions } from './seedream-options.js';
import { startRun } from './seedream-run.js';

const capabilities: BackendCapabilities = {
  operations: new Set(['generate', 'edit', 'vary']),
  maxCount: 4,
  aspects: 'any',
  // Versions 4 and 5 take none.
  seed: false,
  negative: false,
  strength: false,
  mask: false,
  references: 3,
  preview: false,
  progress: true,
  // An image of four megapixels is made without a word on the way.
  silenceLimitMs: 180_000,
  cancel: 'local',
  resumable: false,
  paid: true,
};

const defaultMaxAnswerBytes = 100 * 1024 * 1024;

/** Seedream's models on Volcengine's Ark, or on BytePlus' ModelArk. */
export function createSeedreamBackend(options: SeedreamOptions): Backend {
  const { name, apiKey = '', url = defaultUrl, watermark = false } = options;
  const timings = { ...defaultTimings, ...options.timings };
  const clock = options.clock ?? { now: () => performance.now() };
  const http = createHttpExchanger(options.fetch);
  const maxAnswerBytes = options.maxAnswerBytes ?? defaultMaxAnswerBytes;
  const client = createSeedreamClient(http, { url, apiKey, timings, maxAnswerBytes });
  const models = modelsOf(url, options.models);
  const liveness = createLiveness({ probe: client.probe, trustMs: timings.trustMs, clock });
  const runs = createLocalRuns();

  return {
    name,
    type: 'seedream',
    capabilities,
    models: async () => models,
    health: (signal) => liveness.check(signal),

    async run(request, context) {
      try {
        const result = await runs.run(context.signal, async (signal) => {
          checkRequest(request, capabilities);
          return startRun(request, context, signal, { client, url, models, watermark });
        });
        liveness.answered();
        return result;
      } catch (error) {
        if (error instanceof BackendError && isAway(error)) liveness.missed();
        throw error;
      }
    },

    async resume() {
      throw notResumable('A run of Seedream', true);
    },

    // Nothing can be asked of a run, nor told to it.
    cancel: async () => undefined,

    async close() {
      runs.close();
      await http.close();
    },
  };
}

function isAway({ kind }: BackendError): boolean {
  return kind === 'unavailable' || kind === 'transient';
}
