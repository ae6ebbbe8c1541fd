import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/engine/users/user.js';
import { type EngineHarness, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

const group = { scopeId: 'telegram:-42', placeId: '-42' };
const supergroup = { scopeId: 'telegram:-100123', placeId: '-100123' };
const other = 'telegram:-7';
const page = { limit: 50, offset: 0 };

let harness: EngineHarness;
let ann: User;
let bob: User;
beforeEach(async () => {
  harness = await startEngine([poolOf([createScriptedBackend()])]);
  [ann, bob] = await Promise.all([harness.user('ann'), harness.user('bob')]);
});
afterEach(() => harness.close());

const by = (scopeId: string) => ({ scopeId, userId: ann.id, isAdmin: false });
const preset = (scopeId: string, name: string) => ({ scopeId, name, userId: ann.id });
const placeOf = (id: string) => ({ ids: [id], isAgeRestricted: async () => null });
const move = () => harness.engine.administration.moveScope(group, supergroup);
const namesIn = async (scopeId: string) =>
  (await harness.engine.presets.list(scopeId))
    .filter((preset) => preset.scopeId !== 'global')
    .map(({ name, version, prompt }) => `${name} ${version} ${prompt}`);

async function fillGroup(): Promise<string> {
  const { administration, presets } = harness.engine;
  await presets.add(preset(group.scopeId, 'noir'), { prompt: 'film noir of {prompt}' });
  await administration.limits.set(by(group.scopeId), 'scopeImagesPerDay', 3);
  await administration.rules.setEntries(by(group.scopeId), 'blockedWords', {
    mode: 'replace',
    entries: ['spider'],
  });
  await administration.rules.setEntries(by(group.scopeId), 'channels', {
    mode: 'replace',
    entries: ['-42', '17'],
  });
  await administration.people.block(by(group.scopeId), bob);
  const batchId = await harness.submit(ann, [{}, {}], {
    scopeId: group.scopeId,
    place: placeOf(group.placeId),
  });
  await harness.until(batchId, ({ counts }) => counts.completed === 2);
  return batchId;
}

describe('a group that goes on under another id', () => {
  it('keeps presets, limits, rules, blocks, batches, quotas and its log', async () => {
    const batchId = await fillGroup();
    const { administration } = harness.engine;
    // Read before, as what is remembered must not outlive the move.
    expect((await administration.rules.read(supergroup.scopeId)).blockedWords).toEqual([]);
    const log = await administration.audit(group.scopeId, page);
    await move();

    const { scopeId } = supergroup;
    expect(await namesIn(scopeId)).toEqual(['noir 1 film noir of {prompt}']);
    expect(await administration.limits.read(scopeId)).toMatchObject({ scopeImagesPerDay: 3 });
    expect(await administration.rules.read(scopeId)).toMatchObject({
      blockedWords: ['spider'],
      channels: ['-100123', '17'],
    });
    const place = placeOf(supergroup.placeId);
    await expect(harness.submit(bob, [{}], { scopeId, place })).rejects.toMatchObject({
      problem: { kind: 'blocked' },
    });
    await expect(harness.submit(ann, [{}, {}], { scopeId, place })).rejects.toMatchObject({
      problem: { kind: 'quota-exceeded', of: 'scope', used: 2 },
    });
    expect(await harness.engine.batch(batchId)).toMatchObject({ scopeId });
    expect(await administration.audit(scopeId, page)).toEqual(
      log.map((entry) => ({ ...entry, scopeId })),
    );
    expect(await administration.audit(group.scopeId, page)).toEqual([]);
  });

  it('is moved once, however often and by whomever it is told', async () => {
    await fillGroup();
    await Promise.all([move(), harness.another().administration.moveScope(group, supergroup)]);
    await harness.engine.presets.remove(preset(supergroup.scopeId, 'noir'));
    await harness.engine.administration.limits.set(by(supergroup.scopeId), 'scopeImagesPerDay', 9);
    await move();
    const { scopeId } = supergroup;
    expect(await namesIn(scopeId)).toEqual([]);
    expect(await harness.engine.administration.limits.read(scopeId)).toMatchObject({
      scopeImagesPerDay: 9,
    });
    const usage = await harness.db.selectFrom('usage').selectAll().execute();
    expect(usage.map(({ subject, images }) => [subject, images]).sort()).toEqual([
      [`scope:${scopeId}`, 2],
      [`user:${ann.id}`, 2],
    ]);
  });

  it('leaves what was set under the new id already, and other groups, as they are', async () => {
    const { administration, presets } = harness.engine;
    const { scopeId } = supergroup;
    await presets.add(preset(scopeId, 'noir'), { prompt: 'the new {prompt}' });
    await presets.add(preset(other, 'noir'), { prompt: 'of others, {prompt}' });
    await administration.limits.set(by(scopeId), 'scopeImagesPerDay', 5);
    await administration.people.block(by(scopeId), bob);
    await fillGroup();
    await presets.add(preset(group.scopeId, 'pastel'), { prompt: 'pastel {prompt}' });
    await move();
    expect(await namesIn(scopeId)).toEqual(['noir 1 the new {prompt}', 'pastel 1 pastel {prompt}']);
    expect(await namesIn(other)).toEqual(['noir 1 of others, {prompt}']);
    expect(await administration.limits.read(scopeId)).toMatchObject({ scopeImagesPerDay: 5 });
    expect((await administration.rules.read(scopeId)).blockedWords).toEqual(['spider']);
  });
});
