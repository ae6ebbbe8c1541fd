import { afterEach, describe, expect, it } from 'vitest';
import { BackendError } from '../../src/engine/backends/backend-error.js';
import { connectDatabase } from '../../src/engine/db/connection.js';
import { RecordUnavailableError } from '../../src/engine/engine-error.js';
import {
  type EngineHarness,
  eventually,
  poolOf,
  silentLog,
  startEngine,
} from '../support/engine.js';
import { createScriptedBackend } from '../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

describe('a submitted batch', () => {
  it('ends completed, with its images in the store', async () => {
    const backend = createScriptedBackend();
    harness = await startEngine([poolOf([backend])]);
    const ann = await harness.user('ann');
    const batchId = await harness.submit(ann, [{ count: 4, seed: 7 }]);

    const batch = await harness.until(batchId, (view) => view.counts.completed === 1);

    const [task] = batch.tasks;
    expect(task?.model).toBe('Scripted model');
    expect(task?.images.map((image) => image.seed)).toEqual([7, 8, 9, 10]);
    const first = await harness.engine.readImage(task?.images[0]?.id ?? '');
    expect(first.mediaType).toBe('image/png');
    expect(first.bytes.byteLength).toBe(task?.images[0]?.byteLength);
  });

  it('is made once, however often its update arrives', async () => {
    harness = await startEngine([poolOf([createScriptedBackend()])]);
    const ann = await harness.user('ann');
    const update = { platform: 'telegram', key: 'the-same' } as const;
    const ids = await Promise.all(
      Array.from({ length: 5 }, () => harness.submit(ann, [{}], { update })),
    );
    expect(new Set(ids).size).toBe(1);
    await harness.until(ids[0] ?? '', (view) => view.counts.completed === 1);
    const { count } = await harness.db
      .selectFrom('tasks')
      .select((fn) => fn.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(1);
  });

  it('closes its update in the same transaction, and forgets the payload', async () => {
    harness = await startEngine([poolOf([createScriptedBackend()])]);
    const ann = await harness.user('ann');
    const { inbox } = harness.engine;
    expect(await inbox.receive('telegram', '5', { text: 'x' })).toEqual({ isNew: true });
    expect(await inbox.receive('telegram', '5', { text: 'x' })).toEqual({ isNew: false });
    const row = () => harness.db.selectFrom('updates').selectAll().executeTakeFirstOrThrow();
    expect(await row()).toMatchObject({ payload: { text: 'x' }, closedAt: null });
    await harness.submit(ann, [{}], { update: { platform: 'telegram', key: '5' } });
    expect(await row()).toMatchObject({ payload: null, closedAt: expect.any(Date) });
  });

  it('is refused as a whole for an unknown model, with the nearest names', async () => {
    harness = await startEngine([poolOf([createScriptedBackend()])]);
    const ann = await harness.user('ann');
    await expect(harness.submit(ann, [{}, { model: 'skripted-model' }])).rejects.toMatchObject({
      problem: { kind: 'unknown-model', model: 'skripted-model', nearest: ['scripted-model'] },
    });
    expect(await harness.engine.activeBatches(ann.id)).toEqual([]);
  });

  it('is refused where too much waits already', async () => {
    const backend = createScriptedBackend();
    backend.hold = true;
    harness = await startEngine([poolOf([backend], 1)], { limits: { waitingTasks: 3 } });
    const ann = await harness.user('ann');
    await expect(harness.submit(ann, [{}, {}, {}, {}])).rejects.toMatchObject({
      problem: { kind: 'too-many-waiting', limit: 3 },
    });
  });
});

describe('cancel', () => {
  it('ends what waits at once and never submits it', async () => {
    const backend = createScriptedBackend();
    backend.hold = true;
    harness = await startEngine([poolOf([backend], 1)]);
    const ann = await harness.user('ann');
    const running = await harness.submit(ann);
    await eventually(() => expect(backend.held).toHaveLength(1));
    const waiting = await harness.submit(ann);
    await harness.engine.cancel(waiting, { userId: ann.id, manages: false });
    expect((await harness.engine.batch(waiting))?.counts.cancelled).toBe(1);
    backend.held[0]?.finish();
    await harness.until(running, (view) => view.counts.completed === 1);
    expect(backend.submissions).toHaveLength(1);
  });

  it('stops a running task at its backend', async () => {
    const backend = createScriptedBackend();
    backend.hold = true;
    harness = await startEngine([poolOf([backend])]);
    const ann = await harness.user('ann');
    const batchId = await harness.submit(ann);
    await eventually(() => expect(backend.held).toHaveLength(1));
    await harness.engine.cancel(batchId, { userId: ann.id, manages: false });
    await harness.until(batchId, (view) => view.counts.cancelled === 1);
    expect(backend.cancelled).toEqual([backend.held[0]?.request.runKey]);
    expect(backend.detached).toEqual([]);
  });

  it('is refused to others, and to nobody who manages', async () => {
    const backend = createScriptedBackend();
    backend.hold = true;
    harness = await startEngine([poolOf([backend])]);
    const [ann, bob] = [await harness.user('ann'), await harness.user('bob')];
    const batchId = await harness.submit(ann);
    await expect(
      harness.engine.cancel(batchId, { userId: bob.id, manages: false }),
    ).rejects.toMatchObject({ problem: { kind: 'not-yours' } });
    await harness.engine.cancel(batchId, { userId: bob.id, manages: true });
    await harness.until(batchId, (view) => view.counts.cancelled === 1);
  });
});

describe('a failing run', () => {
  it('is tried again by itself where the failure passes, and tells so meanwhile', async () => {
    const backend = createScriptedBackend();
    backend.failWith(new BackendError('busy', { kind: 'transient', retryable: true }));
    harness = await startEngine([poolOf([backend])]);
    const batchId = await harness.submit(await harness.user('ann'));
    const waiting = await harness.until(batchId, (view) => view.tasks[0]?.retry != null);
    expect(waiting.tasks[0]?.retry).toMatchObject({ attempt: 1, of: 2 });
    const done = await harness.until(batchId, (view) => view.counts.completed === 1);
    expect(done.tasks[0]?.run).toBe(2);
    expect(backend.submissions).toHaveLength(2);
  });

  it('is told at once where it was moderated, and runs again only by retry', async () => {
    const backend = createScriptedBackend();
    backend.failWith(
      new BackendError('blocked', { kind: 'moderated', retryable: false, userText: 'not this' }),
    );
    harness = await startEngine([poolOf([backend])]);
    const ann = await harness.user('ann');
    const batchId = await harness.submit(ann);
    const failed = await harness.until(batchId, (view) => view.counts.failed === 1);
    expect(failed.tasks[0]?.failure).toEqual({ kind: 'moderated', text: 'not this', billed: 'no' });
    await harness.engine.retry(batchId, { userId: ann.id, manages: false });
    await harness.until(batchId, (view) => view.counts.completed === 1);
    expect(backend.submissions).toHaveLength(2);
  });

  it('retries only the tasks that failed', async () => {
    const backend = createScriptedBackend();
    backend.failWith(new BackendError('no', { kind: 'invalid-request', retryable: false }));
    harness = await startEngine([poolOf([backend], 1)]);
    const ann = await harness.user('ann');
    const batchId = await harness.submit(ann, [{ prompt: 'one' }, { prompt: 'two' }]);
    await harness.until(batchId, (view) => view.counts.failed === 1 && view.counts.completed === 1);
    await harness.engine.retry(batchId, { userId: ann.id, manages: false });
    await harness.until(batchId, (view) => view.counts.completed === 2);
    expect(backend.submissions.map((request) => request.prompt)).toEqual(['one', 'two', 'one']);
  });
});

describe('a worker that goes away', () => {
  it('hands its run back at a stop: the next process resumes it, and nothing is sent twice', async () => {
    const backend = createScriptedBackend('box', { resumable: true });
    backend.hold = true;
    harness = await startEngine([poolOf([backend])]);
    const batchId = await harness.submit(await harness.user('ann'));
    await eventually(() => expect(backend.held).toHaveLength(1));
    await harness.engine.stopWorker();
    expect(backend.detached).toHaveLength(1);
    expect(backend.cancelled).toEqual([]);
    backend.hold = false;

    harness.another().startWorker();
    const batch = await harness.until(batchId, (view) => view.counts.completed === 1);
    expect(backend.submissions).toHaveLength(1);
    expect(backend.resumes).toHaveLength(1);
    expect(batch.tasks[0]?.run).toBe(2);
  });

  it('changes nothing any more once a later run has begun', async () => {
    const backend = createScriptedBackend();
    backend.hold = true;
    harness = await startEngine([poolOf([backend])]);
    const batchId = await harness.submit(await harness.user('ann'));
    await eventually(() => expect(backend.held).toHaveLength(1));
    // As if this process had been frozen beyond its lease and another had taken over.
    await harness.db.updateTable('tasks').set({ runNumber: 2 }).execute();
    backend.held[0]?.finish();
    await eventually(async () => {
      const rows = await harness.db.selectFrom('images').selectAll().execute();
      const batch = await harness.engine.batch(batchId);
      expect(rows).toEqual([]);
      expect(batch?.counts.processing).toBe(1);
    });
  });
});

describe('concurrency', () => {
  it('holds across submissions, and a change is in force at once', async () => {
    const backend = createScriptedBackend();
    backend.hold = true;
    harness = await startEngine([poolOf([backend], 1, 10)]);
    const ann = await harness.user('ann');
    await harness.submit(ann, [{}, {}, {}, {}, {}]);
    await eventually(() => expect(backend.held).toHaveLength(1));
    const [pool] = await harness.engine.setConcurrency(undefined, 3, {
      userId: ann.id,
      manages: true,
    });
    expect(pool?.concurrency).toBe(3);
    await eventually(() => expect(backend.held).toHaveLength(3));
    await expect(
      harness.engine.setConcurrency('main', 11, { userId: ann.id, manages: true }),
    ).rejects.toMatchObject({ problem: { kind: 'bad-setting' } });
    const audit = await harness.db.selectFrom('audit').select('details').execute();
    expect(audit).toEqual([{ details: { key: 'concurrency.main', before: null, after: 3 } }]);
  });

  it('lets a newcomer by a long batch, and tells true positions', async () => {
    const backend = createScriptedBackend();
    backend.hold = true;
    harness = await startEngine([poolOf([backend], 1)]);
    const [ann, bob] = [await harness.user('ann'), await harness.user('bob')];
    const long = await harness.submit(
      ann,
      Array.from({ length: 20 }, () => ({ prompt: 'long' })),
    );
    await eventually(() => expect(backend.held).toHaveLength(1));
    const single = await harness.submit(bob, [{ prompt: 'single' }]);
    const position = await harness.engine.position(single);
    expect(position?.position).toBeLessThanOrEqual(2);
    for (let finished = 0; finished < 3; finished += 1) {
      await eventually(() => expect(backend.held.length).toBeGreaterThan(finished));
      backend.held[finished]?.finish();
    }
    await harness.until(single, (view) => view.counts.completed === 1);
    await harness.engine.cancel(long, { userId: ann.id, manages: false });
    backend.hold = false;
  });
});

describe('delete', () => {
  it('removes records and stored images, also of a running batch', async () => {
    const backend = createScriptedBackend();
    harness = await startEngine([poolOf([backend])]);
    const ann = await harness.user('ann');
    const batchId = await harness.submit(ann, [{ count: 2 }]);
    const batch = await harness.until(batchId, (view) => view.counts.completed === 1);
    await harness.engine.remove(batchId, { userId: ann.id, manages: false });
    expect(await harness.engine.batch(batchId)).toBeUndefined();
    await expect(
      harness.engine.readImage(batch.tasks[0]?.images[0]?.id ?? ''),
    ).rejects.toMatchObject({ problem: { kind: 'unknown-image' } });

    backend.hold = true;
    const running = await harness.submit(ann);
    await eventually(() => expect(backend.held).toHaveLength(1));
    await harness.engine.remove(running, { userId: ann.id, manages: false });
    await eventually(() => expect(backend.cancelled).toHaveLength(1));
  });
});

describe('a record that is away', () => {
  it('is told in one way by whatever is asked', async () => {
    harness = await startEngine([poolOf([createScriptedBackend()])]);
    const ann = await harness.user('ann');
    const nowhere = { connectionString: 'postgres://127.0.0.1:1/none', log: silentLog };
    const db = connectDatabase(nowhere);
    const engine = harness.another({ db });
    const actor = { userId: ann.id, manages: true };
    const answers = await Promise.allSettled([
      engine.activeBatches(ann.id),
      engine.batchOfImage('image'),
      engine.position('batch'),
      engine.readImage('image'),
      engine.pools(),
      engine.cancel('batch', actor),
      engine.history.page({ userId: ann.id, withPrivate: true }, 1, 5),
      engine.administration.statistics('telegram:1', 7),
      engine.accounts.createLinkCode(ann.id),
    ]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ reason: expect.any(RecordUnavailableError) });
    }
    await db.destroy();
  });
});
