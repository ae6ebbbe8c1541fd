import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import {
  type ComfyUiOptions,
  createComfyUiBackend,
} from '../../../../src/engine/backends/comfyui/comfyui-backend.js';
import type { OperatorWorkflow } from '../../../../src/engine/backends/comfyui/operator-workflow.js';
import { readWorkflow } from '../../../../src/engine/backends/comfyui/workflow-reading.js';
import {
  type ComfyUiServer,
  type ComfyUiServerOptions,
  startComfyUiServer,
} from '../../../support/comfyui-server.js';

const silentLog = { debug: () => {}, info: () => {}, warn: () => {} };

/** The backend's own patience, in a hurry. */
const hastyTimings: ComfyUiOptions['timings'] = {
  callMs: 3_000,
  pollMs: 40,
  recheckMs: 30,
  reconnectMs: 20,
  deafMs: 200,
  previewMs: 0,
};

export const generate: BackendRequest = {
  runKey: 'task-1',
  operation: 'generate',
  prompt: 'a lighthouse at dusk',
  negative: 'people',
  count: 1,
  seed: 42,
  references: [],
};

export function backendFor(server: { url: string }, options: Partial<ComfyUiOptions> = {}) {
  return createComfyUiBackend({
    name: 'box',
    url: server.url,
    log: silentLog,
    ...options,
    timings: { ...hastyTimings, ...options.timings },
  });
}

/** An operator's own graph, as "Export (API)" writes it, with slots in titles. */
export function portrait() {
  const node = (class_type: string, inputs: Record<string, unknown>, title: string) => ({
    class_type,
    inputs,
    _meta: { title },
  });
  const sampling = { steps: 30, cfg: 5, sampler_name: 'dpmpp_2m', scheduler: 'karras', denoise: 1 };
  return {
    '3': node(
      'KSampler',
      {
        seed: 1,
        ...sampling,
        model: ['4', 0],
        positive: ['6', 0],
        negative: ['7', 0],
        latent_image: ['5', 0],
      },
      'the sampler easel:seed',
    ),
    '4': node('CheckpointLoaderSimple', { ckpt_name: 'tiny-sd15.safetensors' }, 'Load'),
    '5': node(
      'EmptyLatentImage',
      { width: 256, height: 320, batch_size: 1 },
      'easel:size, easel:count',
    ),
    '6': node('CLIPTextEncode', { text: 'x', clip: ['4', 1] }, 'Easel:Prompt'),
    '7': node('CLIPTextEncode', { text: 'blurry', clip: ['4', 1] }, 'what not'),
    '8': node('VAEDecode', { samples: ['3', 0], vae: ['4', 2] }, 'VAE Decode'),
    '9': node('SaveImage', { filename_prefix: 'portrait', images: ['8', 0] }, 'easel:output'),
  };
}

/** It and others, as the configuration hands them on. */
export function operatorWorkflow(
  graph: object,
  model: string,
  operation: OperatorWorkflow['operation'] = 'generate',
): OperatorWorkflow {
  return { workflow: readWorkflow(`${model}.json`, graph).workflow, model, operation };
}

export async function startPair(
  serverOptions: ComfyUiServerOptions = {},
  options: Partial<ComfyUiOptions> = {},
) {
  const server: ComfyUiServer = await startComfyUiServer(serverOptions);
  const backend = backendFor(server, options);
  return {
    server,
    backend,
    async close() {
      await backend.close();
      await server.close();
    },
  };
}
