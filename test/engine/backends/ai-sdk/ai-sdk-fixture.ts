import { createAiSdkBackend } from '../../../../src/engine/backends/ai-sdk/ai-sdk-backend.js';
import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import { startImagesApiServer } from '../../../support/images-api-server.js';

export const generate: BackendRequest = {
  runKey: 'task-1',
  operation: 'generate',
  prompt: 'a lighthouse at dusk',
  count: 1,
  seed: 42,
  references: [],
};

export async function startPair() {
  const server = await startImagesApiServer();
  const backend = createAiSdkBackend({
    name: 'tail',
    provider: 'openai-compatible',
    model: 'somebody/some-model',
    url: server.url,
    apiKey: server.apiKey,
    maxAnswerBytes: 5_000_000,
  });
  return {
    server,
    backend,
    async close() {
      await backend.close();
      await server.close();
    },
  };
}
