import { afterEach, expect, it } from 'vitest';
import { createPools } from '../../../src/engine/backends/pools.js';
import { createBatchService } from '../../../src/engine/batches/batch-service.js';
import { createTransact, type Transact } from '../../../src/engine/db/transact.js';
import { createFileStore } from '../../../src/engine/images/file-store.js';
import { createLocalSignals } from '../../../src/engine/queue/signals.js';
import { type EngineHarness, poolOf, silentLog, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

it('says which batch was kept when only the answer to its commit was lost', async () => {
  const pools = [poolOf([createScriptedBackend()])];
  harness = await startEngine(pools);
  const transact = createTransact(harness.db, createLocalSignals());
  let answersToLose = 1;
  const losing: Transact = async (work) => {
    const result = await transact(work);
    if (answersToLose-- > 0) throw new Error('Connection terminated unexpectedly');
    return result;
  };
  const { submit } = createBatchService({
    transact: losing,
    pools: createPools(pools, silentLog, Date.now),
    store: createFileStore(harness.folder),
    maxWaiting: 100,
    quotas: { user: null, scope: null },
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
