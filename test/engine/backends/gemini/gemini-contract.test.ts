import { describeBackendContract } from '../../../contracts/backend.js';
import { generate, startPair } from './gemini-fixture.js';

describeBackendContract('gemini', async () => {
  const { server, backend, close } = await startPair();
  return {
    backend,
    request: generate,
    submissions: server.submissions,
    stops: () => 0,
    holdRuns: server.hold,
    releaseRuns: server.release,
    runBegan: server.began,
    failNext: () => server.fail('POST /v1beta/models', { kind: 'status', status: 500 }),
    goAway: server.close,
    unknownHandle: {},
    close,
  };
});
