import type { Backend, BackendRunContext } from '../backend.js';
import { createLocalRuns } from '../local-run.js';
import { checkRequest } from '../request-check.js';
import { createHttpExchanger } from '../service/exchange.js';
import { unhealthy } from '../service/service-errors.js';
import { capabilitiesOf, defaultMaxResponseBytes, type OpenAiOptions } from './openai-options.js';
import { createSdcppClient, type SdcppServer } from './sdcpp-client.js';
import { sdcppOrder } from './sdcpp-order.js';
import { followJob, forgotten, jobIdIn, runJob } from './sdcpp-run.js';

/** A server of stable-diffusion.cpp by its own API, whose jobs outlive us and can be cancelled. */
export function createSdcppBackend(options: OpenAiOptions & { readonly url: string }): Backend {
  const { pollMs, maxResponseBytes = defaultMaxResponseBytes } = options;
  const capabilities = capabilitiesOf.sdcpp;
  const exchanger = createHttpExchanger();
  // The address of its OpenAI-like API is as good.
  const url = options.url.replace(/\/v1$/, '');
  const client = createSdcppClient(exchanger, url, maxResponseBytes);
  const runs = createLocalRuns();
  let known: SdcppServer | undefined;

  async function server(signal?: AbortSignal): Promise<SdcppServer> {
    known = await client.capabilities(signal);
    return known;
  }
  const nameOf = ({ model }: SdcppServer) => options.models?.[0] ?? model;

  return {
    name: options.name,
    type: 'openai',
    capabilities,

    async models(signal) {
      const name = nameOf(await server(signal));
      return [{ id: name, name }];
    },

    async health(signal) {
      await server(signal).catch((error: unknown) => {
        throw unhealthy(error);
      });
    },

    run: (request, context) =>
      runs.run(context.signal, async (signal) => {
        checkRequest(request, capabilities);
        const there = known ?? (await server(signal));
        const order = await sdcppOrder(request, there.pixels, options);
        signal.throwIfAborted();
        const own: BackendRunContext = { ...context, signal };
        return runJob(order, request, own, { client, model: nameOf(there), pollMs });
      }),

    resume: (handle, request, context) =>
      runs.run(context.signal, async (signal) => {
        const id = jobIdIn(handle);
        if (id === undefined) throw forgotten('without an id');
        const there = known ?? (await server(signal));
        const own: BackendRunContext = { ...context, signal };
        return followJob(id, request, own, { client, model: nameOf(there), pollMs });
      }),

    async cancel(handle) {
      const id = jobIdIn(handle);
      if (id !== undefined) await client.cancel(id);
    },

    async close() {
      runs.close();
      await exchanger.close();
    },
  };
}
