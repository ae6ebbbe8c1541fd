import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTransact } from '../../../src/engine/db/transact.js';
import { createFileStore } from '../../../src/engine/images/file-store.js';
import type { ImageStore } from '../../../src/engine/images/image-store.js';
import { createLocalSignals } from '../../../src/engine/queue/signals.js';
import { createRetention, type RetentionLimits } from '../../../src/engine/retention/retention.js';
import type { User } from '../../../src/engine/users/user.js';
import { type EngineHarness, poolOf, silentLog, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
let store: ImageStore;
let ann: User;
beforeEach(async () => {
  harness = await startEngine([poolOf([createScriptedBackend()])]);
  store = createFileStore(join(harness.folder, 'images'));
  ann = await harness.user('ann');
});
afterEach(() => harness.close());

function retention(limits: RetentionLimits, given: ImageStore = store) {
  const transact = createTransact(harness.db, createLocalSignals());
  const rest = { log: silentLog, workerId: 'sweeper', everyMs: 60_000 };
  return createRetention({ db: harness.db, transact, store: given, limits, ...rest });
}

async function finished(): Promise<{ batchId: string; imageId: string }> {
  const batchId = await harness.submit(ann);
  const view = await harness.until(batchId, ({ counts }) => counts.completed === 1);
  return { batchId, imageId: view.tasks[0]?.images[0]?.id ?? '' };
}

const age = (imageId: string, days: number) =>
  harness.db
    .updateTable('images')
    .set({ createdAt: new Date(Date.now() - days * 24 * 60 * 60 * 1000) })
    .where('id', '=', imageId)
    .execute();

async function filesStored(): Promise<number> {
  const names = await readdir(join(harness.folder, 'images'), { recursive: true });
  return names.filter((name) => /\.(png|jpg|webp)$/.test(name)).length;
}

describe('retention', () => {
  it('keeps everything by default', async () => {
    const { imageId } = await finished();
    await age(imageId, 10_000);
    await retention({}).sweep();
    expect(await filesStored()).toBe(1);
    await harness.engine.readImage(imageId);
  });

  it('removes images by age, and says that they are gone', async () => {
    const old = await finished();
    const young = await finished();
    await age(old.imageId, 8);
    await retention({ days: 7 }).sweep();
    expect(await filesStored()).toBe(1);
    await harness.engine.readImage(young.imageId);
    const refusal = { problem: { kind: 'images-gone', id: old.batchId } };
    await expect(harness.engine.readImage(old.imageId)).rejects.toMatchObject(refusal);
    await expect(harness.engine.inputs.keepImage(old.imageId)).rejects.toMatchObject(refusal);
    const view = await harness.engine.batch(old.batchId);
    expect(view?.counts.completed).toBe(1);
    expect(view?.tasks[0]?.images).toEqual([]);
  });

  /** A batch whose card stands in a chat, as of now, and whose image is old. */
  async function shownLongAgo(): Promise<string> {
    const { batchId, imageId } = await finished();
    const { cards } = harness.engine;
    const card = await cards.read(batchId);
    await cards.rendered(batchId, card?.version ?? 0, { chatId: 1, messageId: 2 });
    await age(imageId, 8);
    return batchId;
  }

  async function dueAtOf(batchId: string): Promise<Date | undefined> {
    const row = await harness.db
      .selectFrom('cards')
      .select('dueAt')
      .where('batchId', '=', batchId)
      .where('isDue', '=', true)
      .executeTakeFirst();
    return row?.dueAt;
  }

  it('leaves a card its turn that has something else to say', async () => {
    const [waits, old] = [await shownLongAgo(), await shownLongAgo()].sort();
    const dueAt = new Date(Date.now() - 1_000);
    await harness.db
      .updateTable('cards')
      .set({ dueAt, version: sql<number>`version + 1` })
      .where('batchId', '=', waits ?? '')
      .execute();
    const versionOf = async () => (await harness.engine.cards.read(waits ?? ''))?.version ?? 0;
    const before = await versionOf();
    await retention({ days: 7 }).sweep();
    expect(await dueAtOf(waits ?? '')).toEqual(dueAt);
    // What is being shown just now was read before the image went.
    expect(await versionOf()).toBe(before + 1);
    // The first place is its.
    const inMs = +((await dueAtOf(old ?? '')) ?? 0) - Date.now();
    expect(inMs).toBeGreaterThan(0);
    expect(inMs).toBeLessThanOrEqual(10_000);
  });

  it('has no card say so once some hundreds wait', async () => {
    const old = await shownLongAgo();
    const busy = await finished();
    await sql`
      with copied as (
        insert into batches select copy.* from batches, generate_series(1, 300) place,
          jsonb_populate_record(batches, jsonb_build_object(
            'id', 'copy-' || place, 'update_key', 'copy-' || place)) copy
        where batches.id = ${busy.batchId} returning id
      )
      insert into cards (batch_id, platform, address)
      select id, 'telegram', '{}' from copied`.execute(harness.db);
    await retention({ days: 7 }).sweep();
    expect(await filesStored()).toBe(1);
    expect(await dueAtOf(old)).toBeUndefined();
  });

  it('has the cards say so, one after the other, and only those that stand in a chat', async () => {
    const batches = [await finished(), await finished(), await finished(), await finished()];
    const [first, second, unseen, lost] = batches.map(({ batchId }) => batchId);
    const { cards } = harness.engine;
    for (const batchId of [first, second, lost]) {
      const card = await cards.read(batchId ?? '');
      await cards.rendered(batchId ?? '', card?.version ?? 0, { chatId: 1, messageId: 2 });
    }
    await cards.undeliverable(lost ?? '', 'its chat is gone');
    for (const { imageId } of batches) await age(imageId, 8);
    await retention({ days: 7 }).sweep();

    const rows = await harness.db
      .selectFrom('cards')
      .select(['batchId', 'dueAt'])
      .select(sql<boolean>`rendered_version > 0 and rendered_version < version`.as('isDue'))
      .orderBy('dueAt')
      .execute();
    const due = rows.filter(({ isDue }) => isDue);
    expect(due.map(({ batchId }) => batchId).sort()).toEqual([first, second].sort());
    const [soon, later] = due.map(({ dueAt }) => dueAt.getTime());
    expect((later ?? 0) - (soon ?? 0)).toBe(10_000);
    expect(rows.map(({ batchId }) => batchId)).toContain(unseen);
  });

  it('removes the oldest beyond a total size', async () => {
    const images = [await finished(), await finished(), await finished()];
    for (const [index, { imageId }] of images.entries()) await age(imageId, 10 - index);
    await harness.db.updateTable('images').set({ byteLength: 600_000 }).execute();
    await retention({ totalMegabytes: 1 }).sweep();
    expect(await filesStored()).toBe(1);
    await harness.engine.readImage(images[2]?.imageId ?? '');
  });

  it('keeps all images of a task or none, so that those left mean what they did', async () => {
    const batchId = await harness.submit(ann, [{ count: 2 }]);
    await harness.until(batchId, ({ counts }) => counts.completed === 1);
    expect(await filesStored()).toBe(2);
    await harness.db.updateTable('images').set({ byteLength: 600_000 }).execute();
    await retention({ totalMegabytes: 1 }).sweep();
    expect(await filesStored()).toBe(0);
  });

  it('deletes after a crash what the record had given up before it', async () => {
    const { imageId } = await finished();
    await age(imageId, 8);
    const broken: ImageStore = {
      ...store,
      delete: () => Promise.reject(new Error('the process ends here')),
    };
    await expect(retention({ days: 7 }, broken).sweep()).rejects.toThrow('ends here');
    expect(await filesStored()).toBe(1);
    await retention({ days: 7 }).sweep();
    expect(await filesStored()).toBe(0);
  });

  it('finds files of no record, and leaves young ones and recorded ones alone', async () => {
    await finished();
    const orphan = await store.put([new Uint8Array(8)], 'image/png');
    expect(await retention({}).deleteOrphans()).toBe(0);
    expect(await retention({}).deleteOrphans(-1)).toBe(1);
    await expect(store.get(orphan)).rejects.toThrow();
    expect(await filesStored()).toBe(1);
  });

  it('keeps inputs of what still waits, and removes those of what has ended', async () => {
    const { imageId } = await finished();
    const input = await harness.engine.inputs.keepImage(imageId);
    const actor = { userId: ann.id, manages: true };
    await harness.engine.pausePool(undefined, actor);
    const batchId = await harness.submit(ann, [{ operation: 'edit', inputId: input.id }]);
    const longAgo = new Date(Date.now() - 30 * 24 * 60 * 60 * 1000);
    await harness.db.updateTable('inputs').set({ createdAt: longAgo }).execute();
    await retention({ days: 7 }).sweep();
    expect(await filesStored()).toBe(2);
    await harness.engine.cancel(batchId, actor);
    await retention({ days: 7 }).sweep();
    expect(await filesStored()).toBe(1);
  });

  it('prunes updates that were answered long ago, and no open ones', async () => {
    const { inbox } = harness.engine;
    for (const key of ['old', 'new', 'open']) await inbox.receive('telegram', key, {});
    for (const key of ['old', 'new']) await inbox.close('telegram', key);
    const longAgo = new Date(Date.now() - 8 * 24 * 60 * 60 * 1000);
    await harness.db
      .updateTable('updates')
      .set({ closedAt: longAgo })
      .where('key', '=', 'old')
      .execute();
    await retention({}).sweep();
    const left = await harness.db.selectFrom('updates').select('key').orderBy('key').execute();
    expect(left.map(({ key }) => key)).toEqual(['new', 'open']);
  });
});
