import { describeBackendContract } from '../../../contracts/backend.js';
import { usualFailures } from '../../../contracts/service-failures.js';
import { backendFor, generate, startPair } from './a1111-fixture.js';

const password = 'canary-of-the-web-ui';

describeBackendContract('a1111', async () => {
  const { server, backend, close } = await startPair(
    { steps: 100 },
    { maxAnswerBytes: 2_000_000, headers: { 'x-proxy-login': password } },
  );
  return {
    backend,
    request: generate,
    traits: {
      paid: false,
      cancel: 'exact',
      resumable: false,
      progress: true,
      preview: true,
      seed: true,
      negative: true,
      mask: true,
    },
    submissions: server.submissions,
    stops: server.stops,
    holdRuns: server.hold,
    releaseRuns: server.release,
    runBegan: server.began,
    failures: {
      ...usualFailures((fault) => server.fail('POST /sdapi/v1/txt2img', fault)),
      'wrong-key': () =>
        server.fail(
          '',
          { kind: 'status', status: 401, body: `{"detail":"Incorrect password ${password}"}` },
          Number.POSITIVE_INFINITY,
        ),
      'out-of-memory': () => server.failNext('OutOfMemoryError', 'CUDA out of memory.'),
    },
    secrets: [password],
    goAway: server.close,
    reopen: async () => backendFor(server),
    unknownHandle: { taskId: 'task(easel-nobody)' },
    close,
  };
});
