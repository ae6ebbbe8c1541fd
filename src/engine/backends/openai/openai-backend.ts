import type { Backend, BackendModel } from '../backend.js';
import { BackendError, notResumable } from '../backend-error.js';
import { createLocalRuns } from '../local-run.js';
import { checkRequest } from '../request-check.js';
import { unhealthy } from '../service/service-errors.js';
import { createOpenAiClient, type ListedModel } from './openai-client.js';
import { capabilitiesOf, type OpenAiFlavor, type OpenAiOptions } from './openai-options.js';
import { runImageCall } from './openai-run.js';
import { standardAspects } from './openai-size.js';
import { createSdcppBackend } from './sdcpp-backend.js';

export type { OpenAiFlavor, OpenAiOptions } from './openai-options.js';

/** Of what the service lists, the first that it has is the default. */
const preferredModels = ['gpt-image-2', 'gpt-image-1.5', 'gpt-image-1-mini', 'gpt-image-1'];

const serviceNames: Readonly<Record<OpenAiFlavor, string>> = {
  openai: 'OpenAI',
  sdcpp: 'stable-diffusion.cpp',
  localai: 'LocalAI',
  'vllm-omni': 'vLLM-Omni',
};

/** OpenAI's Images API, or a server that speaks it. Nothing is opened until it is asked for. */
export function createOpenAiBackend(options: OpenAiOptions): Backend {
  const { name, flavor = 'openai', url } = options;
  if (flavor === 'sdcpp' && url !== undefined) return createSdcppBackend({ ...options, url });
  const capabilities = capabilitiesOf[flavor];
  const service = { name: serviceNames[flavor], paid: capabilities.paid };
  const client = createOpenAiClient(options, service);
  const runs = createLocalRuns();
  let known: readonly BackendModel[] | undefined;

  async function models(signal?: AbortSignal): Promise<readonly BackendModel[]> {
    if (options.models && options.models.length > 0) return options.models.map(named);
    const listed = await client.models(signal);
    const offered = flavor === 'openai' ? imageModelsIn(listed) : listed.map(({ id }) => id);
    known = (offered.length > 0 ? offered : preferredModels.slice(0, 1)).map(named);
    return known;
  }

  async function defaultModel(signal: AbortSignal): Promise<string> {
    const [first] = known ?? (await models(signal));
    return first?.id ?? '';
  }

  return {
    name,
    type: 'openai',
    capabilities,
    models,

    async health(signal) {
      try {
        await client.models(signal);
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        if (!answersRuns(error)) throw unhealthy(error);
      }
    },

    run(request, context) {
      return runs.run(context.signal, async (signal) => {
        checkRequest(request, capabilities);
        const model = request.model ?? (await defaultModel(signal));
        signal.throwIfAborted();
        return runImageCall(request, model, { ...context, signal }, { client, options, service });
      });
    },

    async resume() {
      throw notResumable('A call of the Images API', capabilities.paid);
    },

    cancel: async () => undefined,

    async close() {
      runs.close();
      await client.close();
    },
  };
}

function named(id: string): BackendModel {
  const isOld = /^(gpt-image-1|chatgpt-image)/.test(id);
  return { id, name: id, ...(isOld && { capabilities: { aspects: standardAspects } }) };
}

/** OpenAI lists everything that it has; a proxy of it may list what we do not know. */
function imageModelsIn(listed: readonly ListedModel[]): readonly string[] {
  const ids = listed.map(({ id }) => id);
  const image = ids.filter((id) => /^(gpt|chatgpt)-image/.test(id));
  if (image.length === 0) return ids;
  const preferred = preferredModels.filter((id) => image.includes(id));
  return [...preferred, ...image.filter((id) => !preferred.includes(id)).sort()];
}

/** It limits us; but it is there, and that is all that was asked. */
function answersRuns(error: BackendError): boolean {
  return error.kind === 'rate-limited' || error.kind === 'quota';
}
