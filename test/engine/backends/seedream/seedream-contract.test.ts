import { describe } from 'vitest';
import { describeBackendContract } from '../../../contracts/backend.js';
import { generate, startPair } from './seedream-fixture.js';

describe.each([true, false])('where the service streams: %s', (streams) => {
  describeBackendContract('seedream', async () => {
    const { server, backend, close } = await startPair({ streams });
    return {
      backend,
      request: generate,
      submissions: server.submissions,
      holdRuns: server.hold,
      releaseRuns: server.release,
      runBegan: server.began,
      failNext: () => server.failNext(429, 'ServerOverloaded'),
      goAway: server.close,
      close,
    };
  });
});
