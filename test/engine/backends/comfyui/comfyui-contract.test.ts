import { describeBackendContract } from '../../../contracts/backend.js';
import { usualFailures } from '../../../contracts/service-failures.js';
import { backendFor, generate, startPair } from './comfyui-fixture.js';

const token = 'canary-of-the-proxy';
const always = Number.POSITIVE_INFINITY;

describeBackendContract('comfyui', async () => {
  const { server, backend, close } = await startPair(
    {},
    {
      pixels: { 'tiny-sd15.safetensors': 128 * 128 },
      maxImageBytes: 2_000_000,
      headers: { authorization: `Bearer ${token}` },
    },
  );
  return {
    backend,
    request: generate,
    traits: {
      paid: false,
      cancel: 'exact',
      resumable: true,
      progress: true,
      preview: true,
      seed: true,
      negative: true,
      mask: true,
    },
    submissions: server.submissions,
    stops: server.stops,
    holdRuns: server.execution.hold,
    releaseRuns: server.execution.release,
    runBegan: server.began,
    failures: {
      ...usualFailures((fault) => server.fail('POST /prompt', fault)),
      'wrong-key': () =>
        server.fail('', { kind: 'status', status: 401, body: `No ${token} here` }, always),
      'out-of-memory': () =>
        server.execution.failNext({
          exception_type: 'torch.OutOfMemoryError',
          exception_message: 'Allocation on device',
        }),
      'half-image': () => server.fail('GET /view', { kind: 'half' }, always),
      endless: () => server.fail('GET /view', { kind: 'endless' }, always),
    },
    findsBrokenOff: true,
    secrets: [token],
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
