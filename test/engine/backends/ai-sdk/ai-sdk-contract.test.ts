import { describeBackendContract } from '../../../contracts/backend.js';
import { usualFailures } from '../../../contracts/service-failures.js';
import { generate, startPair } from './ai-sdk-fixture.js';

describeBackendContract('ai-sdk', async () => {
  const { server, backend, close } = await startPair();
  return {
    backend,
    request: generate,
    traits: {
      paid: true,
      cancel: 'local',
      resumable: false,
      progress: false,
      preview: false,
      seed: false,
      negative: false,
      mask: false,
    },
    submissions: server.submissions,
    abandoned: server.abandoned,
    holdRuns: server.hold,
    releaseRuns: server.release,
    runBegan: server.began,
    failures: {
      ...usualFailures((fault) => server.fail('POST', fault)),
      moderated: () =>
        server.fail('POST', {
          kind: 'status',
          status: 400,
          body: '{"error":{"message":"Rejected by the content policy"}}',
        }),
      'no-image': server.answerEmpty,
      'wrong-key': () =>
        server.fail('POST', {
          kind: 'status',
          status: 401,
          body: `{"error":{"message":"Incorrect API key provided: ${server.apiKey}"}}`,
        }),
    },
    secrets: [server.apiKey],
    goAway: server.close,
    close,
  };
});
