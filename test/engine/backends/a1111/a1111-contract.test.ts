import { describeBackendContract } from '../../../contracts/backend.js';
import { backendFor, generate, startPair } from './a1111-fixture.js';

describeBackendContract('a1111', async () => {
  const { server, backend, close } = await startPair({ steps: 100 });
  return {
    backend,
    request: generate,
    submissions: server.submissions,
    stops: server.stops,
    holdRuns: server.hold,
    releaseRuns: server.release,
    runBegan: server.began,
    failNext: () => server.failNext('OutOfMemoryError', 'CUDA out of memory. Tried to allocate'),
    goAway: server.close,
    reopen: async () => backendFor(server),
    unknownHandle: { taskId: 'task(easel-nobody)' },
    close,
  };
});
