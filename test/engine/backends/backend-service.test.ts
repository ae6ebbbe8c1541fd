import { afterEach, describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/engine/backends/backend-error.js';
import type { Pool } from '../../../src/engine/backends/pools.js';
import { type EngineHarness, eventually, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend, type ScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

const quota = (retryAfterMs?: number) =>
  new BackendError('quota', {
    kind: 'quota',
    retryable: false,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

async function admin() {
  const { id } = await harness.user('root');
  return { userId: id, manages: true };
}

describe('a drained backend', () => {
  it('gets nothing new while what runs there goes on, until it is enabled', async () => {
    const [one, two] = [createScriptedBackend('one'), createScriptedBackend('two')];
    harness = await startEngine([poolOf([one, two], 8, 4)]);
    const ann = await harness.user('ann');
    one.hold = true;
    two.hold = true;
    const batchId = await harness.submit(ann, [{}, {}]);
    await eventually(() => expect([one.held.length, two.held.length]).toEqual([1, 1]));

    await harness.engine.backends.drain('one', await admin());
    two.hold = false;
    const later = await harness.submit(ann, [{}, {}, {}]);
    await harness.until(later, ({ counts }) => counts.completed === 3);
    expect(one.submissions).toHaveLength(1);
    one.held[0]?.finish();
    two.held[0]?.finish();
    await harness.until(batchId, ({ counts }) => counts.completed === 2);
    const listed = await harness.engine.backends.list();
    expect(listed.map(({ name, drained }) => [name, drained])).toEqual([
      ['one', true],
      ['two', false],
    ]);

    await harness.engine.backends.drain('two', await admin());
    const waiting = await harness.submit(ann);
    await harness.until(waiting, ({ tasks }) => tasks[0]?.waitsFor?.reason === 'paused');
    one.hold = false;
    await harness.engine.backends.enable('one', await admin());
    await harness.until(waiting, ({ counts }) => counts.completed === 1);
    expect(one.submissions).toHaveLength(2);
  });

  it('is told by name when there is none of it', async () => {
    harness = await startEngine([poolOf([createScriptedBackend('one')])]);
    await expect(harness.engine.backends.drain('two', await admin())).rejects.toMatchObject({
      problem: { kind: 'unknown-backend', name: 'two', known: ['one'] },
    });
  });
});

describe('an exhausted backend', () => {
  it('hands its tasks to another of its pool, and gets none until its quota is there again', async () => {
    const [spent, rich] = [createScriptedBackend('spent'), createScriptedBackend('rich')];
    spent.failWith(quota(3_600_000), quota(3_600_000), quota(3_600_000), quota(3_600_000));
    harness = await startEngine([poolOf([spent, rich])]);
    const ann = await harness.user('ann');
    const batchId = await harness.submit(ann, Array(8).fill({}));
    await harness.until(batchId, ({ counts }) => counts.completed === 8);
    const seen = spent.submissions.length;
    expect(seen).toBeLessThanOrEqual(4);
    const next = await harness.submit(ann, Array(4).fill({}));
    await harness.until(next, ({ counts }) => counts.completed === 4);
    expect(spent.submissions).toHaveLength(seen);
    await eventually(async () => {
      const [info] = await harness.engine.backends.list();
      expect(info).toMatchObject({ name: 'spent', state: 'exhausted' });
    });
  });

  it('lets its tasks wait with the reason where there is no other', async () => {
    const spent = createScriptedBackend('spent');
    spent.failWith(quota(3_600_000));
    harness = await startEngine([poolOf([spent])]);
    const ann = await harness.user('ann');
    const first = await harness.submit(ann);
    // Its reset lies behind its deadline.
    await harness.until(
      first,
      ({ tasks }) => tasks[0]?.failure?.kind === 'quota' || tasks[0]?.waitsFor?.reason === 'quota',
    );
    const second = await harness.submit(ann);
    await harness.until(second, ({ tasks }) => tasks[0]?.waitsFor?.reason === 'quota');
    expect(spent.submissions).toHaveLength(1);
  });
});

describe('a pool with a fallback', () => {
  function poolsWithFallback(...[main, other]: [Pool, Pool]): Pool[] {
    return [
      { ...main, name: 'main', fallback: 'other' },
      { ...other, name: 'other' },
    ];
  }

  it('gives what waits to the other pool when all of its own are away, and says so', async () => {
    const dead = createScriptedBackend('dead');
    dead.dead = true;
    dead.models = async () => [{ id: 'big', name: 'big' }];
    const well = createScriptedBackend('well', { seed: false, aspects: ['1:1'] });
    harness = await startEngine(poolsWithFallback(poolOf([dead]), poolOf([well])));
    await eventually(async () =>
      expect((await harness.engine.models()).map(({ name }) => name)).toContain('big'),
    );
    await eventually(async () => {
      const [info] = await harness.engine.backends.list();
      expect(info?.state).toBe('away');
    });
    const ann = await harness.user('ann');
    const batchId = await harness.submit(ann, [{ model: 'big', aspect: '16:9', seed: 7 }]);
    const done = await harness.until(batchId, ({ counts }) => counts.completed === 1);
    expect(done.tasks[0]?.notes).toEqual([
      { kind: 'moved', from: 'big', to: 'other' },
      { kind: 'seed-ignored' },
      { kind: 'aspect-rounded', asked: '16:9', used: '1:1' },
    ]);
    const lanes = await harness.db.selectFrom('lanes').select(['pool', 'waiting']).execute();
    expect(lanes.every(({ waiting }) => waiting === 0)).toBe(true);
    expect(dead.submissions).toHaveLength(0);
  });

  it('fails over what its quota no longer pays for', async () => {
    const spent = createScriptedBackend('spent', { paid: true });
    spent.failWith(quota(), quota(), quota(), quota());
    const well = createScriptedBackend('well');
    harness = await startEngine(poolsWithFallback(poolOf([spent], 1, 1), poolOf([well])));
    const batchId = await harness.submit(await harness.user('ann'), Array(3).fill({}));
    const ended = await harness.until(
      batchId,
      ({ counts }) => counts.pending + counts.processing === 0,
    );
    expect(ended.counts).toMatchObject({ completed: 3 });
    expect(spent.submissions).toHaveLength(1);
  });

  it('counts drained backends as serving nobody, here and there', async () => {
    const [drained, dead, other] = ['drained', 'dead', 'other'].map((name) =>
      createScriptedBackend(name),
    ) as [ScriptedBackend, ScriptedBackend, ScriptedBackend];
    dead.dead = true;
    harness = await startEngine(poolsWithFallback(poolOf([drained, dead]), poolOf([other])));
    const { backends } = harness.engine;
    await eventually(async () =>
      expect(await backends.list()).toContainEqual(
        expect.objectContaining({ name: 'dead', state: 'away' }),
      ),
    );
    await backends.drain('drained', await admin());
    await backends.drain('other', await admin());
    const ann = await harness.user('ann');
    const batchId = await harness.submit(ann);
    await harness.until(batchId, ({ tasks }) => tasks[0]?.waitsFor?.reason === 'unavailable');

    await backends.enable('other', await admin());
    const done = await harness.until(batchId, ({ counts }) => counts.completed === 1);
    expect(done.tasks[0]?.notes).toEqual([{ kind: 'moved', from: 'main', to: 'other' }]);
    expect(drained.submissions).toHaveLength(0);
  });
});

describe('a reload', () => {
  it('adds and removes backends without losing a run', async () => {
    const [old, added] = [createScriptedBackend('old'), createScriptedBackend('added')];
    let closed = 0;
    old.close = async () => {
      closed += 1;
    };
    old.hold = true;
    let configured = [poolOf([old])];
    harness = await startEngine(configured, { readPools: () => configured });
    const ann = await harness.user('ann');
    const batchId = await harness.submit(ann);
    await eventually(() => expect(old.held).toHaveLength(1));

    configured = [poolOf([added])];
    expect(await harness.engine.backends.reload(await admin())).toEqual({
      added: ['added'],
      removed: ['old'],
    });
    const next = await harness.submit(ann);
    await harness.until(next, ({ counts }) => counts.completed === 1);
    expect(added.submissions).toHaveLength(1);
    expect(closed).toBe(0);
    old.held[0]?.finish();
    await harness.until(batchId, ({ counts }) => counts.completed === 1);
    await eventually(() => expect(closed).toBe(1));
    expect(old.submissions).toHaveLength(1);
  });
});
