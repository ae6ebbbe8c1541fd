import { describe } from 'vitest';
import { describeBackendContract } from '../../../contracts/backend.js';
import { usualFailures } from '../../../contracts/service-failures.js';
import { generate, startPair } from './seedream-fixture.js';

describe.each([true, false])('where the service streams: %s', (streams) => {
  describeBackendContract('seedream', async () => {
    const { server, backend, close } = await startPair({ streams }, { maxAnswerBytes: 2_000_000 });
    return {
      backend,
      request: generate,
      traits: {
        paid: true,
        cancel: 'local',
        resumable: false,
        progress: true,
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
        moderated: () => server.failNext(400, 'InputTextSensitiveContentDetected'),
        quota: () => server.failNext(403, 'AccountOverdueError'),
        overloaded: () => server.failNext(429, 'ServerOverloaded'),
        'half-image': () => server.script({ kind: 'half-image' }),
        'wrong-key': () => {
          const said = `The API key ${server.apiKey} is invalid`;
          server.failNext(401, 'AuthenticationError', said);
        },
      },
      secrets: [server.apiKey],
      goAway: server.close,
      close,
    };
  });
});
