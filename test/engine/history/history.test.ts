import { afterEach, describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/engine/backends/backend-error.js';
import { type EngineHarness, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

describe('the history of a person', () => {
  it('has their batches, newest first, page by page, and nobody else’s', async () => {
    harness = await startEngine([poolOf([createScriptedBackend()])]);
    const [ann, bob] = [await harness.user('ann'), await harness.user('bob')];
    const ids: string[] = [];
    for (const prompt of ['a 100% fox', 'a wolf', 'a FOX_cub']) {
      ids.unshift(await harness.submit(ann, [{}], { prompt, private: prompt === 'a wolf' }));
    }
    await harness.submit(bob);
    const { history } = harness.engine;
    const all = { userId: ann.id, withPrivate: true };

    const first = await history.page(all, 1, 2);
    expect(first).toMatchObject({ page: 1, pages: 2, total: 3 });
    expect(first.batches.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const beyond = await history.page(all, 9, 2);
    expect(beyond).toMatchObject({ page: 2, batches: [{ id: ids[2] }] });

    const found = async (text: string) => (await history.page({ ...all, text }, 1, 5)).total;
    expect(await Promise.all(['fox', '100%', '%', '_', 'bear'].map(found))).toEqual([
      2, 1, 1, 1, 0,
    ]);
    expect(await history.page({ userId: ann.id, withPrivate: false }, 1, 5)).toMatchObject({
      total: 2,
    });
    const recent = await history.recentIds(ann.id);
    expect(recent.map(({ batchId }) => batchId)).toEqual(ids);
    expect(await history.batchOfTask(recent[1]?.taskId ?? '')).toMatchObject({ id: ids[1] });
    expect(await history.batchOfTask('nope')).toBeUndefined();
  });
});

describe('a task’s own id', () => {
  it('cancels, retries and removes that task alone', async () => {
    const backend = createScriptedBackend();
    backend.hold = true;
    harness = await startEngine([poolOf([backend], 1)]);
    const { engine } = harness;
    const ann = await harness.user('ann');
    const actor = { userId: ann.id, manages: false };
    const batchId = await harness.submit(ann, [{}, {}, {}]);
    const running = await harness.until(batchId, ({ counts }) => counts.processing === 1);
    const [, second, third] = running.tasks;
    if (!second || !third) throw new Error('no tasks');

    await engine.cancel(third.id, actor);
    expect((await engine.batch(batchId))?.counts).toMatchObject({ pending: 1, cancelled: 1 });
    await expect(engine.cancel(third.id, actor)).rejects.toMatchObject({
      problem: { kind: 'nothing-to-cancel', id: third.id },
    });
    await engine.retry(third.id, actor);
    expect((await engine.batch(batchId))?.counts).toMatchObject({ pending: 2, cancelled: 0 });

    const stranger = { userId: (await harness.user('bob')).id, manages: false };
    for (const act of [engine.cancel, engine.retry, engine.remove]) {
      await expect(act(second.id, stranger)).rejects.toMatchObject({
        problem: { kind: 'not-yours' },
      });
    }
    await engine.remove(second.id, actor);
    const left = await engine.batch(batchId);
    expect(left?.tasks.map(({ id }) => id)).not.toContain(second.id);
    expect(left?.counts).toMatchObject({ total: 2, pending: 1 });

    await engine.remove(third.id, actor);
    const [first] = left?.tasks ?? [];
    await engine.remove(first?.id ?? '', actor);
    expect(await engine.batch(batchId)).toBeUndefined();
  });
});

describe('a retry of a batch', () => {
  it('takes what failed and leaves what was cancelled, until nothing else is left', async () => {
    const backend = createScriptedBackend();
    backend.failWith(new BackendError('no', { kind: 'invalid-request', retryable: false }));
    harness = await startEngine([poolOf([backend], 1)]);
    const { engine } = harness;
    const ann = await harness.user('ann');
    const actor = { userId: ann.id, manages: false };
    await engine.pausePool(undefined, actor);
    const batchId = await harness.submit(ann, [{}, {}]);
    const pending = await engine.batch(batchId);
    await engine.cancel(pending?.tasks[1]?.id ?? '', actor);
    await engine.resumePool(undefined, actor);
    await harness.until(batchId, ({ counts }) => counts.failed + counts.cancelled === 2);

    await engine.retry(batchId, actor);
    const done = await harness.until(batchId, ({ counts }) => counts.completed === 1);
    expect(done.counts).toMatchObject({ completed: 1, cancelled: 1 });

    await engine.retry(batchId, actor);
    await harness.until(batchId, ({ counts }) => counts.completed === 2);
  });
});
