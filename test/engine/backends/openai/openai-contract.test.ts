import { describeBackendContract } from '../../../contracts/backend.js';
import type { OpenAiDialect } from '../../../support/openai-validation.js';
import { generate, startPair } from './openai-fixture.js';

for (const flavor of ['openai', 'vllm-omni', 'localai'] as const satisfies OpenAiDialect[]) {
  describeBackendContract(`openai (${flavor})`, async () => {
    const models = flavor === 'openai' ? ['gpt-4o', 'gpt-image-2'] : ['qwen-image'];
    const { server, backend, close } = await startPair({ flavor }, { dialect: flavor, models });
    return {
      backend,
      request: generate,
      submissions: server.submissions,
      stops: () => 0,
      holdRuns: server.hold,
      releaseRuns: server.release,
      runBegan: server.began,
      failNext: () => server.fail('POST /v1/images', { kind: 'status', status: 500 }),
      goAway: server.close,
      unknownHandle: {},
      close,
    };
  });
}
