import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import {
  createGeminiBackend,
  type GeminiOptions,
} from '../../../../src/engine/backends/gemini/gemini-backend.js';
import { type GeminiServerOptions, startGeminiServer } from '../../../support/gemini-server.js';

export const generate: BackendRequest = {
  runKey: 'task-1',
  operation: 'generate',
  prompt: 'a lighthouse at dusk',
  count: 1,
  seed: 7,
  references: [],
};

/** A stand-in, and a backend that talks to it. */
export async function startPair(
  options: Partial<GeminiOptions> = {},
  serverOptions: GeminiServerOptions = {},
) {
  const server = await startGeminiServer({ shrink: 8, ...serverOptions });
  const { url, apiKey } = server;
  const backend = createGeminiBackend({ name: 'banana', url, apiKey, ...options });
  const close = async () => {
    await backend.close();
    await server.close();
  };
  return { server, backend, close };
}
