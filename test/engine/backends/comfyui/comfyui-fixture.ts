import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import {
  type ComfyUiOptions,
  createComfyUiBackend,
} from '../../../../src/engine/backends/comfyui/comfyui-backend.js';
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
