import { describeBackendContract } from '../../../contracts/backend.js';
import { usualFailures } from '../../../contracts/service-failures.js';
import type { Fault } from '../../../support/comfyui-faults.js';
import type { OpenAiDialect } from '../../../support/openai-validation.js';
import { generate, startPair } from './openai-fixture.js';

for (const flavor of ['openai', 'vllm-omni', 'localai'] as const satisfies OpenAiDialect[]) {
  describeBackendContract(`openai (${flavor})`, async () => {
    const models = flavor === 'openai' ? ['gpt-4o', 'gpt-image-2'] : ['qwen-image'];
    const { server, backend, close } = await startPair(
      { flavor, maxResponseBytes: 2_000_000 },
      { dialect: flavor, models },
    );
    return {
      backend,
      request: generate,
      traits: {
        paid: flavor === 'openai',
        cancel: 'local',
        resumable: false,
        progress: flavor === 'openai',
        preview: flavor === 'openai',
        seed: flavor !== 'openai',
        negative: flavor !== 'openai',
        mask: flavor === 'openai',
      },
      submissions: server.submissions,
      stops: () => 0,
      abandoned: server.abandoned,
      holdRuns: server.hold,
      releaseRuns: server.release,
      runBegan: server.began,
      failures: {
        ...usualFailures((fault) => server.fail('POST /v1/images', fault)),
        moderated: () => server.fail('POST /v1/images', refusal(400, 'moderation_blocked')),
        quota: () => server.fail('POST /v1/images', refusal(429, 'insufficient_quota')),
        'wrong-key': () =>
          server.fail('', refusal(401, 'invalid_api_key', server.apiKey), Number.POSITIVE_INFINITY),
      },
      secrets: [server.apiKey],
      goAway: server.close,
      unknownHandle: {},
      close,
    };
  });
}

function refusal(status: number, code: string, detail = ''): Fault {
  const body = JSON.stringify({ error: { code, message: `no reason ${detail}` } });
  return { kind: 'status', status, body };
}
