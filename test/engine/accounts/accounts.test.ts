import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { moveBelongings } from '../../../src/engine/accounts/merge.repository.js';
import type { User } from '../../../src/engine/users/user.js';
import { type EngineHarness, eventually, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

const discordAnn = {
  platform: 'discord',
  platformUserId: '77',
  name: 'Ann of Discord',
  locale: 'en-US',
} as const;

async function openWith(hold = false, slots = 1) {
  const backend = createScriptedBackend();
  backend.hold = hold;
  harness = await startEngine([poolOf([backend], slots)]);
  const { engine } = harness;
  const [telegram, discord] = [await harness.user('ann'), await engine.ensureUser(discordAnn)];
  return { backend, engine, telegram, discord };
}

const submitOnDiscord = (user: User, key: string) =>
  harness.submit(user, [{}], { update: { platform: 'discord', key }, scopeId: 'discord:1' });

describe('joining two accounts', () => {
  it('makes one history, one set of rights and one lane of both', async () => {
    const { engine, telegram, discord } = await openWith(true);
    const first = await harness.submit(telegram, [{}, {}]);
    await harness.until(first, ({ counts }) => counts.processing === 1);
    const second = await submitOnDiscord(discord, 'i1');
    await engine.preferences.change(telegram.id, { aspect: '3:2', language: 'zh-CN' });
    await engine.preferences.change(discord.id, { aspect: '1:1', count: 2 });

    const { code } = await engine.accounts.createLinkCode(telegram.id);
    await engine.accounts.link(discord.id, `${code.slice(0, 4)}-${code.slice(4).toLowerCase()}`);

    const joined = await engine.ensureUser(discordAnn);
    expect(joined).toMatchObject({
      id: telegram.id,
      platform: 'discord',
      name: 'Ann of Discord',
      locale: 'zh-CN',
      preferences: { aspect: '3:2', count: 2 },
    });
    const all = await engine.history.page({ userId: telegram.id, withPrivate: true }, 1, 5);
    expect(all.batches.map(({ id }) => id)).toEqual([second, first]);
    expect(all.batches.map(({ owner }) => [owner.id, owner.platform, owner.name])).toEqual([
      [telegram.id, 'discord', 'Ann of Discord'],
      [telegram.id, 'telegram', 'ann'],
    ]);
    const lanes = await harness.db.selectFrom('lanes').select(['userId', 'waiting']).execute();
    expect(lanes).toEqual([{ userId: telegram.id, waiting: 2 }]);
    expect((await engine.activeBatches(joined.id)).map(({ id }) => id)).toEqual([first, second]);
    await engine.cancel(first, { userId: joined.id, manages: false });
    await harness.until(first, ({ counts }) => counts.cancelled === 2);
    await harness.until(second, ({ counts }) => counts.processing === 1);
  });

  it('brings over also what is submitted under the old name long after it', async () => {
    const { engine, telegram, discord } = await openWith();
    const { code } = await engine.accounts.createLinkCode(telegram.id);
    await engine.accounts.link(discord.id, code);
    // Its images took a while to be fetched: who asks was looked up before.
    const late = await harness.submit(discord, [{}]);
    harness.another().startWorker();
    await harness.until(late, ({ owner }) => owner.id === telegram.id);
    await harness.until(late, ({ counts }) => counts.completed === 1);
    // Admitted under the old name first, perhaps.
    await eventually(async () => {
      const owners = await harness.db.selectFrom('batches').select('userId').execute();
      expect(owners).toEqual([{ userId: telegram.id }]);
    });
    const lanes = await harness.db.selectFrom('lanes').select('waiting').execute();
    expect(lanes.map(({ waiting }) => waiting)).toEqual(lanes.map(() => 0));
  });

  it('finds by keys all that is to be brought over', async () => {
    const { telegram, discord } = await openWith();
    const batchId = await submitOnDiscord(discord, 'i1');
    await harness.until(batchId, ({ counts }) => counts.completed === 1);
    const scans = await harness.db.transaction().execute(async (trx) => {
      // A table of a few rows is read whole wherever that is allowed.
      await sql`set local enable_seqscan = off`.execute(trx);
      await moveBelongings(trx, { from: discord.id, into: telegram.id });
      const { rows } = await sql`
        select relname as table, seq_scan::int as whole from pg_stat_xact_user_tables
        where relname in ('batches', 'tasks', 'runs') order by relname`.execute(trx);
      return rows;
    });
    expect(scans).toEqual([
      { table: 'batches', whole: 0 },
      { table: 'runs', whole: 0 },
      { table: 'tasks', whole: 0 },
    ]);
    const owners = await sql`
      select batches.user_id as batch, tasks.user_id as task, runs.user_id as run
      from batches join tasks on batch_id = batches.id join runs on task_id = tasks.id`.execute(
      harness.db,
    );
    expect(owners.rows).toEqual([{ batch: telegram.id, task: telegram.id, run: telegram.id }]);
  });

  it('takes a code once, within its time, and few guesses', async () => {
    const { engine, telegram, discord } = await openWith();
    const wrong = { problem: { kind: 'link-code-wrong' } };
    const { code } = await engine.accounts.createLinkCode(telegram.id);
    const rows = await harness.db.selectFrom('linkCodes').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(code);
    await harness.db
      .updateTable('linkCodes')
      .set({ expiresAt: new Date(0) })
      .execute();
    await expect(engine.accounts.link(discord.id, code)).rejects.toMatchObject(wrong);

    const fresh = await engine.accounts.createLinkCode(telegram.id);
    const bob = await harness.user('bob');
    await expect(engine.accounts.link(bob.id, fresh.code)).rejects.toMatchObject({
      problem: { kind: 'same-platform' },
    });
    for (let guess = 0; guess < 4; guess++) {
      await expect(engine.accounts.link(discord.id, 'WRONG')).rejects.toMatchObject(wrong);
    }
    const last = await engine.accounts.createLinkCode(telegram.id);
    await expect(engine.accounts.link(discord.id, last.code)).rejects.toMatchObject({
      problem: { kind: 'too-many-guesses' },
    });
    await harness.db
      .updateTable('linkGuesses')
      .set({ since: new Date(0) })
      .execute();
    await engine.accounts.link(discord.id, last.code);
    await expect(engine.accounts.link(discord.id, last.code)).rejects.toMatchObject(wrong);
    await expect(engine.accounts.createLinkCode(telegram.id)).rejects.toMatchObject({
      problem: { kind: 'already-linked' },
    });
  });
});

describe('joined accounts in the eyes of who manages a place', () => {
  it('are one person to a block, whichever of them it names', async () => {
    const { engine, telegram, discord } = await openWith();
    const { code } = await engine.accounts.createLinkCode(telegram.id);
    await engine.accounts.link(discord.id, code);
    const { people } = engine.administration;
    const manager = await harness.user('max');
    const author = { scopeId: 'discord:1', userId: manager.id, isAdmin: false };

    const named = await people.find('discord', '77');
    expect(named).toMatchObject({ id: telegram.id, name: 'Ann of Discord' });
    await people.block(author, named);
    const joined = await engine.ensureUser(discordAnn);
    await expect(submitOnDiscord(joined, 'i1')).rejects.toMatchObject({
      problem: { kind: 'blocked', everywhere: false },
    });
    await people.block({ ...author, scopeId: 'global' }, named);
    await expect(harness.submit(await harness.user('ann'))).rejects.toMatchObject({
      problem: { kind: 'blocked', everywhere: true },
    });
    expect(await people.unblock(author, await people.find('telegram', 'ann'))).toBe(true);
  });

  it('are named as on the platform of the place, in its lists and its log', async () => {
    const { engine, telegram, discord } = await openWith();
    const { code } = await engine.accounts.createLinkCode(telegram.id);
    await engine.accounts.link(discord.id, code);
    const joined = await engine.ensureUser(discordAnn);
    await submitOnDiscord(joined, 'i1');
    await harness.submit(await harness.user('ann'));

    const { people, rules, audit } = engine.administration;
    const page = { limit: 5, offset: 0 };
    expect(await people.use('discord:1', page)).toMatchObject([
      { id: telegram.id, name: 'Ann of Discord', platform: 'discord', platformUserId: '77' },
    ]);
    expect(await people.use('telegram:1', page)).toMatchObject([
      { id: telegram.id, name: 'ann', platform: 'telegram' },
    ]);
    for (const scopeId of ['discord:1', 'telegram:1']) {
      const author = { scopeId, userId: joined.id, isAdmin: false };
      await rules.setEntries(author, 'blockedWords', { mode: 'add', entries: ['gore'] });
    }
    expect(await audit('discord:1', page)).toMatchObject([{ userName: 'Ann of Discord' }]);
    expect(await audit('telegram:1', page)).toMatchObject([{ userName: 'ann' }]);
  });

  it('keep the share of turns that an operator gave to one of them', async () => {
    const { engine, telegram, discord } = await openWith();
    await engine.setWeight(discord.id, 4, { userId: telegram.id, manages: true });
    const { code } = await engine.accounts.createLinkCode(telegram.id);
    await engine.accounts.link(discord.id, code);
    await harness.submit(await harness.user('ann'));
    const lanes = await harness.db.selectFrom('lanes').select(['userId', 'weight']).execute();
    expect(lanes).toEqual([{ userId: telegram.id, weight: 4 }]);
  });
});

describe('an erasure', () => {
  it('removes images, inputs, words and settings, and leaves a card that can say so', async () => {
    const { engine, telegram } = await openWith();
    const done = await harness.submit(telegram, [{ negative: 'secret words' }], {
      prompt: 'a secret',
    });
    const finished = await harness.until(done, ({ counts }) => counts.completed === 1);
    const imageId = finished.tasks[0]?.images[0]?.id ?? '';
    const bob = await harness.user('bob');
    const other = await harness.submit(bob);
    await harness.until(other, ({ counts }) => counts.completed === 1);
    await engine.preferences.change(telegram.id, { negative: 'secret words' });

    expect(await engine.accounts.erase(telegram.id)).toBe(1);

    expect(await engine.batch(done)).toMatchObject({
      erased: true,
      prompt: '',
      tasks: [{ state: 'completed', images: [], request: { prompt: '' } }],
    });
    expect(await engine.batch(other)).toMatchObject({ erased: false, tasks: [{ images: [{}] }] });
    await expect(engine.readImage(imageId)).rejects.toThrow();
    expect(
      await engine.history.page({ userId: telegram.id, withPrivate: true }, 1, 5),
    ).toMatchObject({ total: 0 });
    for (const table of ['batches', 'tasks', 'settings', 'audit'] as const) {
      const rows = await harness.db.selectFrom(table).selectAll().execute();
      expect(JSON.stringify(rows)).not.toContain('secret');
    }
    const card = await engine.cards.read(done);
    expect(card?.version).toBeGreaterThan(card?.renderedVersion ?? 0);
  });

  it('ends what waits and what runs, and nothing comes of it afterwards', async () => {
    const { backend, engine, telegram } = await openWith(true);
    const batchId = await harness.submit(telegram, [{}, {}]);
    await harness.until(batchId, ({ counts }) => counts.processing === 1);
    await engine.accounts.erase(telegram.id);
    expect((await engine.batch(batchId))?.counts).toMatchObject({ cancelled: 2 });
    backend.hold = false;
    const bob = await harness.user('bob');
    const next = await harness.submit(bob);
    await harness.until(next, ({ counts }) => counts.completed === 1);
    await eventually(async () => {
      const images = await harness.db.selectFrom('images').select('taskId').execute();
      expect(images).toHaveLength(1);
    });
    expect((await engine.batch(batchId))?.tasks.map(({ state }) => state)).toEqual([
      'cancelled',
      'cancelled',
    ]);
  });
});
