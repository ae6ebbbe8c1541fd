import { afterEach, expect, it } from 'vitest';
import { createPools } from '../../../src/engine/backends/pools.js';
import { createBatchService } from '../../../src/engine/batches/batch-service.js';
import type { Database, Transaction } from '../../../src/engine/db/connection.js';
import { createTransact, type Effects } from '../../../src/engine/db/transact.js';
import { createFileStore } from '../../../src/engine/images/file-store.js';
import { defaultLimits } from '../../../src/engine/limits/limit.js';
import type { Policy } from '../../../src/engine/policy/policy.js';
import { readPolicies } from '../../../src/engine/policy/policy.repository.js';
import { createLocalSignals } from '../../../src/engine/queue/signals.js';
import { createRecentValues } from '../../../src/engine/settings/recent-values.js';
import { type EngineHarness, poolOf, silentLog, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

type Work<D, T> = (db: D, effects: Effects) => Promise<T>;

let harness: EngineHarness;
afterEach(() => harness.close());

it('says which batch was kept when only the answer to its commit was lost', async () => {
  const pools = [poolOf([createScriptedBackend()])];
  harness = await startEngine(pools);
  const transact = createTransact(harness.db, createLocalSignals());
  let answersToLose = 1;
  const losing = async <T>(answer: Promise<T>): Promise<T> => {
    const result = await answer;
    if (answersToLose-- > 0) throw new Error('Connection terminated unexpectedly');
    return result;
  };
  const { submit } = createBatchService({
    transact: Object.assign(<T>(work: Work<Transaction, T>) => losing(transact(work)), {
      statement: <T>(work: Work<Database, T>) => losing(transact.statement(work)),
    }),
    pools: createPools(pools, silentLog, Date.now),
    store: createFileStore(harness.folder),
    db: harness.db,
    policyIn: createRecentValues(async (scope) => {
      const [policy] = await readPolicies(harness.db, [scope], defaultLimits);
      return policy as Policy;
    }),
    weightOf: () => 1,
  });
  const { batchId, created } = await submit({
    user: await harness.user('ann'),
    scopeId: 'telegram:1',
    origin: 'imagine',
    update: { platform: 'telegram', key: '5' },
    prompt: 'a lighthouse',
    private: false,
    address: { chatId: 1 },
    tasks: [{ operation: 'generate', prompt: 'a lighthouse', count: 1 }],
  });
  expect(created).toBe(false);
  expect(await harness.db.selectFrom('batches').select('id').execute()).toEqual([{ id: batchId }]);
  await harness.until(batchId, (batch) => batch.counts.completed === 1);
});

it('keeps one batch of an update that is dealt with several times at once', async () => {
  harness = await startEngine([poolOf([createScriptedBackend()])]);
  const user = await harness.user('ann');
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      harness.engine.submit({
        user,
        scopeId: 'telegram:1',
        origin: 'imagine',
        update: { platform: 'telegram', key: '7' },
        prompt: 'a lighthouse',
        private: false,
        address: { chatId: 1 },
        tasks: [{ operation: 'generate', prompt: 'a lighthouse', count: 1 }],
      }),
    ),
  );
  expect(new Set(answers.map(({ batchId }) => batchId)).size).toBe(1);
  expect(answers.filter(({ created }) => created)).toHaveLength(1);
  expect(await harness.db.selectFrom('tasks').select('id').execute()).toHaveLength(1);
});

it('lets nobody take more waiting places than there are, whatever comes at once', async () => {
  const pools = [poolOf([createScriptedBackend()], 1)];
  harness = await startEngine(pools, { limits: { waitingTasks: 5 } });
  const actor = { userId: (await harness.user('op')).id, manages: true };
  await harness.engine.pausePool('main', actor);
  const ann = await harness.user('ann');
  const answers = await Promise.allSettled(
    Array.from({ length: 6 }, () => harness.submit(ann, [{}, {}])),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { problem: { kind: 'too-many-waiting', limit: 5 } },
  });
  // What was refused has left nothing behind.
  expect(await harness.db.selectFrom('batches').select('id').execute()).toHaveLength(2);
  expect(await harness.db.selectFrom('tasks').select('id').execute()).toHaveLength(4);
  await harness.submit(ann, [{}]);
  await expect(harness.submit(ann, [{}])).rejects.toMatchObject({
    problem: { kind: 'too-many-waiting', waiting: 5 },
  });
});
