import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFileStore } from '../../../src/engine/images/file-store.js';
import { type ImageStore, ImageStoreError } from '../../../src/engine/images/image-store.js';
import { type EngineHarness, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let folder: string;
let harness: EngineHarness;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-disk-'));
});
afterEach(async () => {
  await harness.close();
  await rm(folder, { recursive: true, force: true });
});

/** A disk that takes nothing for so many times. */
function fullDisk(refusals: number): ImageStore {
  const store = createFileStore(folder);
  let left = refusals;
  return {
    ...store,
    async put(...image) {
      left -= 1;
      if (left >= 0) throw new ImageStoreError('the disk is full (ENOSPC)', 'ENOSPC');
      return store.put(...image);
    },
  };
}

it('keeps an image that a full disk refuses at first, without another submission', async () => {
  const backend = createScriptedBackend('box');
  harness = await startEngine([poolOf([backend])], { store: fullDisk(2) });
  const batchId = await harness.submit(await harness.user('ann'));
  await harness.until(batchId, ({ counts }) => counts.completed === 1);
  expect(backend.submissions).toHaveLength(1);
});

it('says of a disk that stays full why there is no image, and makes the next when it is not', async () => {
  const backend = createScriptedBackend('box', { paid: true });
  harness = await startEngine([poolOf([backend])], { store: fullDisk(4) });
  const ann = await harness.user('ann');
  const batch = await harness.until(await harness.submit(ann), ({ counts }) => counts.failed === 1);
  expect(batch.tasks[0]?.failure).toEqual({ kind: 'storage', text: null, billed: 'unknown' });
  await harness.engine.retry(batch.id, { userId: ann.id, manages: false });
  await harness.until(batch.id, ({ counts }) => counts.completed === 1);
});
