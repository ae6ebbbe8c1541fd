import { createA1111Backend } from '../../../../src/engine/backends/a1111/a1111-backend.js';
import type { A1111Options } from '../../../../src/engine/backends/a1111/a1111-options.js';
import type { BackendRequest } from '../../../../src/engine/backends/backend.js';
import { type A1111ServerOptions, startA1111Server } from '../../../support/a1111-server.js';

const silentLog = { debug: () => {}, info: () => {}, warn: () => {} };

export const generate: BackendRequest = {
  runKey: 'task-1',
  operation: 'generate',
  prompt: 'a lighthouse at dusk',
  negative: 'people',
  count: 1,
  seed: 42,
  references: [],
};

/** The backend's own patience, in a hurry. */
const hastyTimings: A1111Options['timings'] = { callMs: 3_000, pollMs: 20, idleMs: 500 };

export function backendFor(server: { url: string }, options: Partial<A1111Options> = {}) {
  const timings = { ...hastyTimings, ...options.timings };
  return createA1111Backend({
    name: 'webui',
    url: server.url,
    log: silentLog,
    ...options,
    timings,
  });
}

export async function startPair(
  serverOptions: A1111ServerOptions = {},
  options: Partial<A1111Options> = {},
) {
  const server = await startA1111Server(serverOptions);
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
