import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/engine/users/user.js';
import { type EngineHarness, eventually, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend, type ScriptedBackend } from '../../support/scripted-backend.js';

const scopeId = 'telegram:1';
const page = { limit: 50, offset: 0 };
let backend: ScriptedBackend;
let harness: EngineHarness;
let ann: User;
let chief: User;
beforeEach(async () => {
  backend = createScriptedBackend();
  harness = await startEngine([poolOf([backend], 1)]);
  [ann, chief] = await Promise.all([harness.user('ann'), harness.user('chief')]);
});
afterEach(() => harness.close());

const administration = () => harness.engine.administration;
const byAdmin = (scope: string) => ({ scopeId: scope, userId: chief.id, isAdmin: true });
const byManager = () => ({ scopeId, userId: ann.id, isAdmin: false });

describe('limits', () => {
  it('set for all beat the configuration, in every process, and can be taken away', async () => {
    backend.hold = true;
    await administration().limits.set(byAdmin('global'), 'waitingTasks', 2);
    const other = harness.another();
    expect(await other.administration.limits.read(scopeId)).toMatchObject({ waitingTasks: 2 });
    await harness.submit(ann);
    await eventually(() => expect(backend.held).toHaveLength(1));
    await harness.submit(ann, [{}, {}]);
    await expect(harness.submit(ann)).rejects.toMatchObject({
      problem: { kind: 'too-many-waiting', waiting: 2, limit: 2 },
    });
    const { limits } = administration();
    expect(await limits.set(byAdmin('global'), 'waitingTasks', null)).toMatchObject({
      waitingTasks: 100,
    });
    await harness.submit(ann);
  });

  it('of a hard cap of running tasks are in force at once, and off again too', async () => {
    backend.hold = true;
    const wide = await startEngine([poolOf([backend], 4)]);
    try {
      const author = { ...byAdmin('global'), userId: (await wide.user('chief')).id };
      await wide.engine.administration.limits.set(author, 'hardRunningTasks', 1);
      await wide.submit(await wide.user('ann'), [{}, {}, {}]);
      await eventually(() => expect(backend.held).toHaveLength(1));
      await wide.engine.administration.limits.set(author, 'hardRunningTasks', 'off');
      await eventually(() => expect(backend.held).toHaveLength(3));
      backend.hold = false;
      for (const run of backend.held) run.finish();
    } finally {
      await wide.close();
    }
  });

  it('are only tightened by those who manage a scope', async () => {
    const { limits } = administration();
    await limits.set(byAdmin('global'), 'scopeImagesPerDay', 10);
    await expect(limits.set(byManager(), 'scopeImagesPerDay', 11)).rejects.toMatchObject({
      problem: { kind: 'bad-setting', expected: 'a whole number from 1 to 10' },
    });
    await expect(limits.set(byManager(), 'scopeImagesPerDay', 'off')).rejects.toThrow();
    await expect(limits.set(byManager(), 'runningTasks', 1)).rejects.toMatchObject({
      problem: { kind: 'not-of-one-scope', key: 'runningTasks' },
    });
    expect(await limits.set(byManager(), 'scopeImagesPerDay', 3)).toMatchObject({
      scopeImagesPerDay: 3,
    });
    // An administrator may grant one scope more, and its own tightening still holds.
    expect(await limits.set(byAdmin(scopeId), 'scopeImagesPerDay', 20)).toMatchObject({
      scopeImagesPerDay: 3,
    });
    expect(await limits.set(byManager(), 'scopeImagesPerDay', null)).toMatchObject({
      scopeImagesPerDay: 20,
    });
    expect(await limits.read('telegram:2')).toMatchObject({ scopeImagesPerDay: 10 });
  });

  it.each([
    ['waitingTasks', 0],
    ['waitingTasks', 'off'],
    ['adminWeight', 101],
    ['promptMaxCharacters', 6001],
    ['userImagesPerDay', 1.5],
  ] as const)('out of bounds are refused: %s %s', async (name, value) => {
    await expect(administration().limits.set(byAdmin('global'), name, value)).rejects.toMatchObject(
      { problem: { kind: 'bad-setting', key: name } },
    );
  });
});

describe('rules', () => {
  it('refuse blocked words of the scope and of all, wherever they come from', async () => {
    const { rules } = administration();
    const words = (...entries: string[]) => ({ mode: 'replace', entries }) as const;
    await rules.setEntries(byAdmin('global'), 'blockedWords', words('gore'));
    await rules.setEntries(byManager(), 'blockedWords', words('Spider'));
    expect(await rules.read(scopeId)).toMatchObject({ blockedWords: ['gore', 'spider'] });
    const refused = harness.submit(ann, [{ prompt: 'a spider, in oil' }], { prompt: 'a spider' });
    await expect(refused).rejects.toMatchObject({
      problem: { kind: 'blocked-word', word: 'spider' },
    });
    await harness.submit(ann, [{ prompt: 'a spider' }], { scopeId: 'telegram:2' });
    await expect(
      harness.submit(ann, [{ prompt: 'GORE' }], { scopeId: 'telegram:2' }),
    ).rejects.toMatchObject({ problem: { kind: 'blocked-word', word: 'gore' } });
    await rules.setEntries(byManager(), 'blockedWords', { mode: 'remove', entries: ['SPIDER'] });
    await harness.submit(ann, [{ prompt: 'a spider' }]);
  });

  it('keep Easel to channels, and threads of theirs', async () => {
    const { rules } = administration();
    const at = (...ids: string[]) => ({ place: { ids, isAgeRestricted: async () => null } });
    await rules.setEntries(byManager(), 'channels', { mode: 'add', entries: ['7'] });
    await expect(harness.submit(ann, [{}], at('8'))).rejects.toMatchObject({
      problem: { kind: 'place-not-allowed' },
    });
    await expect(harness.submit(ann)).rejects.toMatchObject({
      problem: { kind: 'place-not-allowed' },
    });
    await harness.submit(ann, [{}], at('9', '7'));
    await expect(
      rules.setEntries(byAdmin('global'), 'channels', { mode: 'add', entries: ['7'] }),
    ).rejects.toMatchObject({ problem: { kind: 'of-one-scope-only' } });
  });

  it('keep presets to age-restricted places', async () => {
    const { rules } = administration();
    await rules.setEntries(byManager(), 'nsfwPresets', { mode: 'add', entries: ['anime'] });
    const preset = { name: 'anime', scopeId: 'global', version: 1 };
    const at = (restricted: boolean | null) => ({
      place: { ids: ['7'], isAgeRestricted: async () => restricted },
    });
    for (const answer of [false, null]) {
      await expect(harness.submit(ann, [{ preset }], at(answer))).rejects.toMatchObject({
        problem: { kind: 'age-restricted-only', of: 'preset', name: 'anime' },
      });
    }
    await harness.submit(ann, [{ preset }], at(true));
    await rules.setAgeRestricted(byManager(), true);
    await harness.submit(ann, [{ preset }], at(null));
    await expect(harness.submit(ann, [{ preset }], at(false))).rejects.toThrow();
  });
});

describe('a block', () => {
  it('cancels what the person has waiting and running, and takes nothing more', async () => {
    backend.hold = true;
    const running = await harness.submit(ann);
    await eventually(() => expect(backend.held).toHaveLength(1));
    const waiting = await harness.submit(ann);
    const elsewhere = await harness.submit(ann, [{}], { scopeId: 'telegram:2' });
    const { people } = administration();
    expect(await people.block(byAdmin(scopeId), ann)).toEqual({ cancelled: 2, isNew: true });
    await harness.until(waiting, ({ counts }) => counts.cancelled === 1);
    await harness.until(running, ({ counts }) => counts.cancelled === 1);
    const refusal = { problem: { kind: 'blocked', everywhere: false } };
    await expect(harness.submit(ann)).rejects.toMatchObject(refusal);
    await expect(
      harness.engine.retry(waiting, { userId: ann.id, manages: false }),
    ).rejects.toMatchObject(refusal);
    backend.hold = false;
    await eventually(() => {
      for (const run of backend.held) run.finish();
      expect(backend.submissions.length).toBeGreaterThan(1);
    });
    await harness.until(elsewhere, ({ counts }) => counts.completed === 1);
    expect(await people.unblock(byAdmin(scopeId), ann)).toBe(true);
    expect(await people.unblock(byAdmin(scopeId), ann)).toBe(false);
    await harness.submit(ann);
  });

  it('everywhere holds in every scope', async () => {
    await administration().people.block(byAdmin('global'), ann);
    await expect(harness.submit(ann, [{}], { scopeId: 'telegram:9' })).rejects.toMatchObject({
      problem: { kind: 'blocked', everywhere: true },
    });
  });

  it('finds people by id and by handle, in any case', async () => {
    const identity = { platform: 'telegram', platformUserId: '77', locale: 'en' } as const;
    const eve = await harness.engine.ensureUser({ ...identity, name: 'Eve', handle: 'EveOnline' });
    const { people } = administration();
    expect(await people.find('telegram', '77')).toMatchObject({ id: eve.id });
    expect(await people.find('telegram', 'eveonline')).toMatchObject({ id: eve.id });
    expect(await people.find('telegram', '78')).toMatchObject({ platformUserId: '78' });
    await expect(people.find('discord', 'eveonline')).rejects.toMatchObject({
      problem: { kind: 'unknown-user' },
    });
  });
});

describe('what administrators see', () => {
  it('is who had how much made, in a scope and everywhere', async () => {
    const first = await harness.submit(ann, [{ count: 2 }]);
    const second = await harness.submit(chief, [{}], { scopeId: 'telegram:2' });
    for (const id of [first, second]) {
      await harness.until(id, ({ counts }) => counts.completed === 1);
    }
    const { people } = administration();
    expect(await people.use(scopeId, page)).toMatchObject([{ name: 'ann', batches: 1 }]);
    const all = await people.use(undefined, page);
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(['ann', 'chief']));
    expect(all.find(({ name }) => name === 'ann')?.images).toBeGreaterThan(0);
  });

  it('is what was made and failed by day, and how long models take', async () => {
    const done = await harness.submit(ann);
    await harness.until(done, ({ counts }) => counts.completed === 1);
    const statistics = await administration().statistics(scopeId, 3);
    expect(statistics.days).toHaveLength(3);
    expect(statistics.days.at(-1)).toMatchObject({ batches: 1, completed: 1, failed: 0 });
    expect(statistics.models).toMatchObject([{ tasks: 1 }]);
    expect(statistics.models[0]?.medianMs).toBeGreaterThanOrEqual(0);
    expect((await administration().statistics('telegram:2', 3)).models).toEqual([]);
  });

  it('is what waits and runs, which they cancel one by one or all at once', async () => {
    backend.hold = true;
    await harness.submit(ann);
    await eventually(() => expect(backend.held).toHaveLength(1));
    const waiting = await harness.submit(ann);
    const other = await harness.submit(chief, [{}], { scopeId: 'telegram:2' });
    const { queue } = administration();
    expect(await queue.list(scopeId, page)).toHaveLength(2);
    expect(await queue.list(undefined, page)).toHaveLength(3);
    const actor = { userId: chief.id, manages: true };
    expect(await queue.cancelAll(scopeId, actor)).toHaveLength(2);
    await harness.until(waiting, ({ counts }) => counts.cancelled === 1);
    const view = await harness.until(other, ({ counts }) => counts.cancelled === 0);
    await queue.cancel(view, actor);
    backend.hold = false;
    for (const run of backend.held) run.finish();
  });

  it('is every change, by whom and from what to what', async () => {
    const { limits, rules, people, audit } = administration();
    await limits.set(byAdmin('global'), 'adminWeight', 5);
    await rules.setEntries(byManager(), 'blockedWords', { mode: 'add', entries: ['gore'] });
    await people.block(byAdmin(scopeId), ann);
    expect(await audit(undefined, page)).toMatchObject([
      { action: 'user-blocked', userName: 'chief', details: { name: 'ann' } },
      { scopeId, userName: 'ann', details: { key: 'rules.blockedWords', after: ['gore'] } },
      { scopeId: 'global', details: { key: 'limits.adminWeight', before: null, after: 5 } },
    ]);
    expect(await audit(scopeId, page)).toHaveLength(2);
  });
});

describe('a hidden model', () => {
  it('is not offered, and taken from administrators only', async () => {
    const [model] = await harness.engine.models();
    if (!model) throw new Error('the backend has no models');
    const { models } = administration();
    await models.setHidden(model.name.toUpperCase(), true, chief.id);
    expect((await harness.engine.models()).map(({ name }) => name)).not.toContain(model.name);
    expect((await harness.engine.models('hidden')).map(({ name }) => name)).toContain(model.name);
    const wanted = [{ model: model.name }];
    await expect(harness.submit(ann, wanted)).rejects.toMatchObject({
      problem: { kind: 'unknown-model' },
    });
    await harness.submit(chief, wanted, { asAdmin: true });
    await models.setHidden(model.name, false, chief.id);
    await harness.submit(ann, wanted);
  });
});
