import { afterEach, expect, it } from 'vitest';
import { BackendError } from '../../../src/engine/backends/backend-error.js';
import { createPostgresRunQueue } from '../../../src/engine/queue/bullmq-run-queue.js';
import {
  type EngineHarness,
  eventually,
  poolOf,
  silentLog,
  startEngine,
} from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

/** The backend `box`, as a process with a wrong key meets it. */
function refusingBox() {
  const box = createScriptedBackend('box');
  box.refusal = new BackendError('401', {
    kind: 'unavailable',
    retryable: false,
    operatorText: 'the key is wrong',
  });
  return box;
}

async function refusesIn({ engine }: Pick<EngineHarness, 'engine'>): Promise<void> {
  const stateOf = async () => (await engine.backends.list())[0];
  await eventually(async () => expect(await stateOf()).toMatchObject({ state: 'misconfigured' }));
}

it('leaves runs for a backend that refuses it to a process with a better key', async () => {
  const better = createScriptedBackend('box');
  harness = await startEngine([poolOf([better])]);
  const ann = await harness.user('ann');
  const first = await harness.submit(ann);
  await harness.until(first, ({ counts }) => counts.completed === 1);

  const box = refusingBox();
  const queue = createPostgresRunQueue({
    connectionString: harness.connectionString,
    log: silentLog,
  });
  await queue.ready();
  const refusing = harness.another({ pools: [poolOf([box])], queue });
  refusing.startWorker();
  await refusesIn({ engine: refusing });
  const batchId = await harness.submit(
    ann,
    Array.from({ length: 12 }, () => ({})),
  );
  const { counts } = await harness.until(
    batchId,
    (view) => view.counts.completed + view.counts.failed === 12,
  );
  expect(counts).toMatchObject({ completed: 12 });
  expect(box.submissions).toEqual([]);
  expect(better.submissions).toHaveLength(13);
});
