import { describeBackendContract } from '../../../contracts/backend.js';
import { backendFor, generate, startPair } from './comfyui-fixture.js';

describeBackendContract('comfyui', async () => {
  const { server, backend, close } = await startPair(
    {},
    { pixels: { 'tiny-sd15.safetensors': 128 * 128 } },
  );
  return {
    backend,
    request: generate,
    submissions: server.submissions,
    stops: server.stops,
    holdRuns: server.execution.hold,
    releaseRuns: server.execution.release,
    runBegan: server.began,
    failNext: () =>
      server.execution.failNext({
        exception_type: 'torch.OutOfMemoryError',
        exception_message: 'Allocation on device',
      }),
    goAway: server.close,
    reopen: async () => backendFor(server),
    unknownHandle: {
      promptId: '00000000-0000-4000-8000-000000000000',
      clientId: '00000000-0000-4000-8000-000000000001',
      checkpoint: 'tiny-sd15.safetensors',
    },
    close,
  };
});
