import { describeBackendContract } from '../../../contracts/backend.js';
import { generate, startPair } from './ai-sdk-fixture.js';

describeBackendContract('ai-sdk', async () => {
  const { server, backend, close } = await startPair();
  return {
    backend,
    request: generate,
    submissions: server.submissions,
    holdRuns: server.hold,
    releaseRuns: server.release,
    runBegan: server.began,
    failNext: () => server.fail('POST', { kind: 'status', status: 500, body: 'oops' }),
    goAway: server.close,
    close,
  };
});
