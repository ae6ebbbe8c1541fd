import { afterEach, expect, it } from 'vitest';
import type { BatchNote } from '../../../src/engine/index.js';
import { type EngineHarness, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

const request = { operation: 'generate', prompt: 'a hare', count: 1 } as const;
const note: BatchNote = { kind: 'image-left-out', name: 'a.png', problem: { kind: 'broken' } };

async function openAlbum(options: Parameters<typeof startEngine>[1] = {}) {
  harness = await startEngine([poolOf([createScriptedBackend()])], options);
  const { engine } = harness;
  const ann = await harness.user('ann');
  await engine.pausePool(undefined, { userId: ann.id, manages: true });
  for (const key of ['1', '2']) await engine.inbox.receive('telegram', key, {}, 'album');
  const update = { platform: 'telegram', key: 'album:1', partKeys: ['1', '2'] } as const;
  const batchId = await harness.submit(ann, [{}, {}], { update, origin: 'batch' });
  await engine.inbox.receive('telegram', '3', {}, 'album');
  const addition = {
    ...{ user: ann, tasks: [request, request], notes: [note] },
    updates: { platform: 'telegram', keys: ['3'] } as const,
  };
  return { engine, ann, batchId, addition };
}

it('closes all parts of an album with the batch that they made', async () => {
  const { engine, ann, batchId } = await openAlbum();
  expect((await engine.inbox.group('telegram', 'album')).map(({ key }) => key)).toEqual(['3']);
  expect((await engine.albums.batchOf('telegram', 'album:1'))?.id).toBe(batchId);
  expect(await engine.albums.batchOf('telegram', 'album:2')).toBeUndefined();
  expect((await engine.albums.latestOf(ann.id, 'telegram:1'))?.id).toBe(batchId);
  expect(await engine.albums.latestOf(ann.id, 'telegram:2')).toBeUndefined();
});

it('adds late parts to a batch of which nothing has begun, and all of it runs', async () => {
  const { engine, ann, batchId, addition } = await openAlbum();
  expect(await engine.albums.extend(batchId, addition)).toBe(true);
  expect(await engine.inbox.group('telegram', 'album')).toEqual([]);
  const batch = await engine.batch(batchId);
  expect(batch?.notes).toEqual([note]);
  expect(batch?.tasks.map(({ ordinal, request: { prompt } }) => [ordinal, prompt])).toEqual([
    [0, 'a lighthouse'],
    [1, 'a lighthouse'],
    [2, 'a hare'],
    [3, 'a hare'],
  ]);
  await engine.resumePool(undefined, { userId: ann.id, manages: true });
  await harness.until(batchId, ({ counts }) => counts.completed === 4);
});

it('leaves a batch alone of which something has begun, and the updates open', async () => {
  const { engine, ann, batchId, addition } = await openAlbum();
  await engine.resumePool(undefined, { userId: ann.id, manages: true });
  await harness.until(batchId, ({ counts }) => counts.completed === 2);
  expect(await engine.albums.extend(batchId, addition)).toBe(false);
  expect((await engine.batch(batchId))?.tasks).toHaveLength(2);
  expect((await engine.inbox.group('telegram', 'album')).map(({ key }) => key)).toEqual(['3']);
});

it('counts late parts among what waits and what may be made in a day', async () => {
  const { engine, batchId, addition } = await openAlbum({ limits: { waitingTasks: 3 } });
  await expect(engine.albums.extend(batchId, addition)).rejects.toMatchObject({
    problem: { kind: 'too-many-waiting', waiting: 2, limit: 3 },
  });
  expect((await engine.batch(batchId))?.tasks).toHaveLength(2);
  await harness.close();
  const limited = await openAlbum({ limits: { userImagesPerDay: 3 } });
  await expect(
    limited.engine.albums.extend(limited.batchId, limited.addition),
  ).rejects.toMatchObject({ problem: { kind: 'quota-exceeded', used: 2, limit: 3 } });
  expect((await limited.engine.batch(limited.batchId))?.notes).toEqual([]);
});
