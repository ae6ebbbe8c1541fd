import { describeBackendContract } from '../../../contracts/backend.js';
import { usualFailures } from '../../../contracts/service-failures.js';
import { generate, startPair } from './gemini-fixture.js';

describeBackendContract('gemini', async () => {
  const { server, backend, close } = await startPair({ maxResponseBytes: 2_000_000 });
  return {
    backend,
    request: generate,
    traits: {
      paid: true,
      cancel: 'local',
      resumable: false,
      progress: false,
      preview: false,
      seed: true,
      negative: false,
      mask: false,
    },
    submissions: server.submissions,
    stops: () => 0,
    abandoned: server.abandoned,
    holdRuns: server.hold,
    releaseRuns: server.release,
    runBegan: server.began,
    failures: {
      ...usualFailures((fault) => server.fail('POST /v1beta/models', fault)),
      moderated: () => server.script({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }),
      'no-image': () => server.script({ candidates: [{ finishReason: 'NO_IMAGE' }] }),
      'wrong-key': () =>
        server.fail(
          '',
          {
            kind: 'status',
            status: 400,
            body: JSON.stringify({
              error: {
                message: `API key not valid: ${server.apiKey}`,
                status: 'INVALID_ARGUMENT',
                details: [{ reason: 'API_KEY_INVALID' }],
              },
            }),
          },
          Number.POSITIVE_INFINITY,
        ),
    },
    secrets: [server.apiKey],
    goAway: server.close,
    unknownHandle: {},
    close,
  };
});
