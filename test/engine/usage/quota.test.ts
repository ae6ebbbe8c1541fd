import { afterEach, expect, it } from 'vitest';
import { BackendError } from '../../../src/engine/backends/backend-error.js';
import { type EngineHarness, eventually, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

/** Images that count today, by whose they are. */
async function usage(): Promise<Record<string, number>> {
  const rows = await harness.db.selectFrom('usage').select(['subject', 'images']).execute();
  return Object.fromEntries(rows.map(({ subject, images }) => [subject, images]));
}

it('counts nothing and refuses nothing by default', async () => {
  harness = await startEngine([poolOf([createScriptedBackend()])]);
  const ann = await harness.user('ann');
  const batchId = await harness.submit(ann, [{ count: 4 }]);
  await harness.until(batchId, (view) => view.counts.completed === 1);
  expect(await usage()).toEqual({});
});

it('refuses a request above the quota as a whole, and says when the day ends', async () => {
  harness = await startEngine([poolOf([createScriptedBackend()])], {
    limits: { userImagesPerDay: 5 },
  });
  const ann = await harness.user('ann');
  await harness.submit(ann, [{ count: 4 }]);
  const refusal = harness.submit(ann, [{ count: 1 }, { count: 1 }]);
  await expect(refusal).rejects.toMatchObject({
    problem: { kind: 'quota-exceeded', of: 'user', used: 4, limit: 5 },
  });
  const error = await refusal.catch((thrown: unknown) => thrown);
  const { resetsAt } = (error as { problem: { resetsAt: Date } }).problem;
  expect(resetsAt.toISOString()).toMatch(/T00:00:00\.000Z$/);
  expect(resetsAt.getTime()).toBeGreaterThan(Date.now());
  expect(await usage()).toEqual({ [`user:${ann.id}`]: 4, 'scope:telegram:1': 4 });
  // The last one fits, and others have their own.
  await harness.submit(ann);
  await harness.submit(await harness.user('bob'), [{ count: 4 }]);
});

it('takes settings before the configuration, and a scope’s own before all', async () => {
  harness = await startEngine([poolOf([createScriptedBackend()])], {
    limits: { userImagesPerDay: 1 },
  });
  const set = (scopeId: string, key: string, value: number) =>
    harness.db
      .insertInto('settings')
      .values({ scopeId, key, value: JSON.stringify(value) })
      .execute();
  await set('global', 'limits.userImagesPerDay', 100);
  await set('global', 'limits.scopeImagesPerDay', 50);
  await set('telegram:1', 'limits.scopeImagesPerDay', 3);
  const ann = await harness.user('ann');
  await harness.submit(ann, [{ count: 3 }]);
  await expect(harness.submit(ann)).rejects.toMatchObject({
    problem: { kind: 'quota-exceeded', of: 'scope', used: 3, limit: 3 },
  });
  await harness.submit(ann, [{ count: 4 }], { scopeId: 'telegram:2' });
});

it('never lets requests at the same moment take more than there is', async () => {
  harness = await startEngine([poolOf([createScriptedBackend()])], {
    limits: { scopeImagesPerDay: 6 },
  });
  const people = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => harness.user(name)));
  const answers = await Promise.allSettled(
    [...people, ...people].map((person) => harness.submit(person)),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
  expect((await usage())['scope:telegram:1']).toBe(6);
});

it('gives failed and cancelled tasks back once, and takes them again at a retry', async () => {
  const backend = createScriptedBackend();
  harness = await startEngine([poolOf([backend], 1)], {
    limits: { userImagesPerDay: 10, scopeImagesPerDay: 10 },
  });
  const ann = await harness.user('ann');
  const actor = { userId: ann.id, manages: false };
  const both = (images: number) => ({ [`user:${ann.id}`]: images, 'scope:telegram:1': images });

  backend.failWith(new BackendError('no', { kind: 'invalid-request', retryable: false }));
  const failed = await harness.submit(ann, [{ count: 4 }]);
  await harness.until(failed, (view) => view.counts.failed === 1);
  expect(await usage()).toEqual(both(0));

  backend.hold = true;
  await harness.engine.retry(failed, actor);
  expect(await usage()).toEqual(both(4));
  await eventually(() => expect(backend.held).toHaveLength(1));
  const waiting = await harness.submit(ann, [{ count: 2 }]);
  await harness.engine.cancel(waiting, actor);
  await harness.engine.cancel(failed, actor);
  await harness.until(failed, (view) => view.counts.cancelled === 1);
  expect(await usage()).toEqual(both(0));

  // Too much for a retry, too: nothing changes.
  await harness.submit(ann, [{ count: 4 }, { count: 4 }]);
  await expect(harness.engine.retry(failed, actor)).rejects.toMatchObject({
    problem: { kind: 'quota-exceeded' },
  });
  expect((await harness.engine.batch(failed))?.counts.cancelled).toBe(1);
  expect(await usage()).toEqual(both(8));
});

it('gives back what was unfinished when its batch is deleted, and keeps what was made', async () => {
  const backend = createScriptedBackend();
  harness = await startEngine([poolOf([backend], 1)], {
    limits: { userImagesPerDay: 10, scopeImagesPerDay: 10 },
  });
  const ann = await harness.user('ann');
  const made = await harness.submit(ann, [{ count: 3 }]);
  await harness.until(made, (view) => view.counts.completed === 1);
  backend.hold = true;
  const running = await harness.submit(ann, [{ count: 2 }, { count: 1 }]);
  await eventually(() => expect(backend.held).toHaveLength(1));
  const actor = { userId: ann.id, manages: false };
  await harness.engine.remove(running, actor);
  await harness.engine.remove(made, actor);
  expect((await usage())[`user:${ann.id}`]).toBe(3);
});
