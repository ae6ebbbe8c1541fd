import { afterEach, describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/engine/backends/backend-error.js';
import { type EngineHarness, eventually, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

/** Submissions that count after a first run that failed so. */
async function countedAfter(cause: Error): Promise<number> {
  const backend = createScriptedBackend('box');
  harness = await startEngine([poolOf([backend])]);
  backend.hold = true;
  const batchId = await harness.submit(await harness.user('ann'));
  await eventually(() => expect(backend.held).toHaveLength(1));
  backend.held[0]?.fail(new BackendError('away', { kind: 'unavailable', retryable: true, cause }));
  await harness.until(batchId, (view) => view.counts.pending === 1);
  const { submissions } = await harness.db
    .selectFrom('tasks')
    .select('submissions')
    .executeTakeFirstOrThrow();
  return submissions;
}

describe('a backend that went away', () => {
  it('has not been sent what its connection never took', async () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(await countedAfter(new TypeError('fetch failed', { cause: refused }))).toBe(0);
  });

  it('may have been sent what broke off later', async () => {
    const reset = Object.assign(new Error('read'), { code: 'ECONNRESET' });
    expect(await countedAfter(new TypeError('fetch failed', { cause: reset }))).toBe(1);
  });
});
