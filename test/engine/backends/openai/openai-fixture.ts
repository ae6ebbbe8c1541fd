import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import {
  createOpenAiBackend,
  type OpenAiOptions,
} from '../../../../src/engine/backends/openai/openai-backend.js';
import { type OpenAiServerOptions, startOpenAiServer } from '../../../support/openai-server.js';

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
  options: Partial<OpenAiOptions> = {},
  serverOptions: OpenAiServerOptions = {},
) {
  const server = await startOpenAiServer({ shrink: 8, ...serverOptions });
  const { url, apiKey } = server;
  const backend = createOpenAiBackend({ name: 'cloud', url, apiKey, ...options });
  const close = async () => {
    await backend.close();
    await server.close();
  };
  return { server, backend, close };
}
