import { createGate } from '../../images/image-gate.js';
import type { Backend, BackendCapabilities } from '../backend.js';
import { notResumable } from '../backend-error.js';
import { createLocalRuns } from '../local-run.js';
import { checkRequest } from '../request-check.js';
import { createHttpExchanger, TransportError } from '../service/exchange.js';
import { createLibraryFetch } from '../service/library-fetch.js';
import { createLiveness } from '../service/liveness.js';
import { fromTransport, unhealthy } from '../service/service-errors.js';
import type { AiSdkOptions } from './ai-sdk-options.js';
import { aspects, isAway, startRun } from './ai-sdk-run.js';
import { loadModel } from './provider-model.js';
import { type ProviderTraits, providers } from './providers.js';

const defaultMaxAnswerBytes = 100 * 1024 * 1024;
const defaultParallelCalls = 4;
const healthMs = 4_000;
const trustMs = 60_000;

function capabilitiesOf({ shape, seed, edit, mask = false }: ProviderTraits): BackendCapabilities {
  return {
    operations: new Set([
      'generate',
      ...(edit ? (['edit', 'vary'] as const) : []),
      ...(mask ? (['inpaint'] as const) : []),
    ]),
    maxCount: 4,
    aspects: shape === 'size' ? 'any' : aspects.map(({ name }) => name),
    seed,
    negative: false,
    strength: false,
    mask,
    references: 0,
    preview: false,
    // Of several calls each tells of its end; a single one says nothing on the way.
    progress: false,
    cancel: 'local',
    resumable: false,
    paid: true,
  };
}

/** One image model of a provider of the AI SDK. Nothing is loaded until it is asked for something. */
export function createAiSdkBackend(options: AiSdkOptions): Backend {
  const { name, provider, model: id, apiKey } = options;
  const traits: ProviderTraits = providers[provider];
  const capabilities = capabilitiesOf(traits);
  const service = { name: provider, paid: true };
  const shownName = id.split('/').at(-1) ?? id;
  const exchanger = createHttpExchanger();
  const send = createLibraryFetch({
    exchanger,
    maxBytes: options.maxAnswerBytes ?? defaultMaxAnswerBytes,
    secrets: apiKey === undefined ? [] : [apiKey],
  });
  const calls = createGate(options.parallelCalls ?? defaultParallelCalls);
  const runs = createLocalRuns();
  /** Where runs are begun, known once one was. */
  let origin: string | undefined;
  const fetch: typeof globalThis.fetch = (input, init) => {
    if (init?.method === 'POST') {
      origin = new URL(input instanceof Request ? input.url : input).origin;
    }
    return send(input, init);
  };
  let loading: ReturnType<typeof loadModel> | undefined;
  const load = () => {
    loading ??= loadModel(options, fetch);
    return loading;
  };

  /** Whatever it answers, it is there: there is no call that all providers have, and costs nothing. */
  async function probe(signal?: AbortSignal): Promise<void> {
    await load();
    if (origin === undefined) return;
    try {
      const limits = { answerMs: healthMs, idleMs: healthMs, maxBytes: 1024 * 1024 };
      (await exchanger.open({ url: `${origin}/`, signal, ...limits })).discard();
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      throw unhealthy(fromTransport(error, service, { mayHaveRun: false }));
    }
  }
  const clock = { now: () => performance.now() };
  const liveness = createLiveness({ probe, trustMs, clock });

  return {
    name,
    type: 'ai-sdk',
    capabilities,
    models: async () => [{ id, name: shownName }],
    health: (signal) => liveness.check(signal),

    async run(request, context) {
      try {
        const result = await runs.run(context.signal, async (signal) => {
          checkRequest(request, capabilities);
          const model = await load();
          signal.throwIfAborted();
          return startRun(request, context, signal, { model, traits, service, calls, shownName });
        });
        liveness.answered();
        return result;
      } catch (error) {
        if (isAway(error)) liveness.missed();
        throw error;
      }
    },

    async resume() {
      throw notResumable('A run through the AI SDK', true);
    },

    // The SDK has no call that stops what a provider has begun.
    cancel: async () => undefined,

    async close() {
      runs.close();
      await exchanger.close();
    },
  };
}
