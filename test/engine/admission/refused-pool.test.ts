import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRefusedPools } from '../../../src/engine/admission/refused-pool.js';
import type { BackendState } from '../../../src/engine/backends/backend-report.repository.js';
import type { Pool } from '../../../src/engine/backends/pools.js';
import { createTransact } from '../../../src/engine/db/transact.js';
import { createLocalSignals } from '../../../src/engine/queue/signals.js';
import { writeDrained, writePaused } from '../../../src/engine/settings/pool-settings.js';
import type { User } from '../../../src/engine/users/user.js';
import { type EngineHarness, eventually, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend, type ScriptedBackend } from '../../support/scripted-backend.js';

const patienceMs = 1_500;

let harness: EngineHarness;
let backend: ScriptedBackend;
let pool: Pool;
let ann: User;
let nowMs: number;
beforeEach(async () => {
  backend = createScriptedBackend('box');
  backend.hold = true;
  pool = poolOf([backend, createScriptedBackend('spare')], 1);
  harness = await startEngine([poolOf([backend], 1)]);
  ann = await harness.user('ann');
  nowMs = 0;
});
afterEach(() => harness.close());

/** What a process does of which these are the backends' states. */
function processThatSees(states: Readonly<Record<string, BackendState>>) {
  const { db } = harness;
  const transact = createTransact(db, createLocalSignals());
  const health = { stateOf: (name: string) => states[name] };
  return createRefusedPools({ db, transact, health, nowMs: () => nowMs });
}

const countsOf = async (batchId: string) => (await harness.engine.batch(batchId))?.counts;

describe('a pool that refuses this process', () => {
  const refused = { box: 'misconfigured', spare: 'misconfigured' } as const;

  it('keeps what waits for as long as another process runs anything there', async () => {
    const batchId = await harness.submit(ann, [{}, {}]);
    await eventually(() => expect(backend.held).toHaveLength(1));
    const settle = processThatSees(refused);
    for (const atMs of [0, patienceMs, 60_000]) {
      nowMs = atMs;
      expect(await settle(pool)).toBe(true);
    }
    expect(await countsOf(batchId)).toMatchObject({ pending: 1, processing: 1 });
    backend.held[0]?.finish();
    await eventually(() => expect(backend.held).toHaveLength(2));
    backend.held[1]?.finish();
    await harness.until(batchId, ({ counts }) => counts.completed === 2);
  });

  it('fails what no process has begun in time, each task by itself', async () => {
    await harness.engine.stopWorker();
    const settle = processThatSees(refused);
    const first = await harness.submit(ann);
    await settle(pool);
    expect(await countsOf(first)).toMatchObject({ pending: 1 });
    nowMs = patienceMs - 1;
    const second = await harness.submit(ann);
    await settle(pool);
    expect(await countsOf(first)).toMatchObject({ pending: 1 });
    nowMs = patienceMs;
    await settle(pool);
    expect((await harness.engine.batch(first))?.tasks[0]?.failure?.kind).toBe('misconfigured');
    expect(await countsOf(second)).toMatchObject({ pending: 1 });
  });

  it('counts only backends that get runs at all', async () => {
    await harness.engine.stopWorker();
    const settle = processThatSees({ ...refused, spare: 'well' });
    const batchId = await harness.submit(ann);
    expect(await settle(pool)).toBe(false);
    await harness.db.transaction().execute((trx) => writeDrained(trx, 'spare', true, ann.id));
    expect(await settle(pool)).toBe(true);
    nowMs = patienceMs;
    await settle(pool);
    expect(await countsOf(batchId)).toMatchObject({ failed: 1 });
  });

  it('keeps what waits while it is paused', async () => {
    await harness.db.transaction().execute((trx) => writePaused(trx, 'main', true, ann.id));
    const settle = processThatSees(refused);
    const batchId = await harness.submit(ann);
    for (const atMs of [0, patienceMs]) {
      nowMs = atMs;
      expect(await settle(pool)).toBe(false);
    }
    expect(await countsOf(batchId)).toMatchObject({ pending: 1 });
  });
});
