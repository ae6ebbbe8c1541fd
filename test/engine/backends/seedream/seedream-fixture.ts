import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import { createSeedreamBackend } from '../../../../src/engine/backends/seedream/seedream-backend.js';
import type { SeedreamOptions } from '../../../../src/engine/backends/seedream/seedream-options.js';
import {
  type SeedreamServerOptions,
  startSeedreamServer,
} from '../../../support/seedream-server.js';

export const generate: BackendRequest = {
  runKey: 'task-1',
  operation: 'generate',
  prompt: 'a lighthouse at dusk',
  count: 1,
  seed: 42,
  references: [],
};

export async function startPair(
  serverOptions: SeedreamServerOptions = {},
  options: Partial<SeedreamOptions> = {},
) {
  const server = await startSeedreamServer(serverOptions);
  const backend = createSeedreamBackend({
    name: 'ark',
    url: server.url,
    apiKey: server.apiKey,
    ...options,
    timings: { idleMs: 500, ...options.timings },
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
