import { afterEach, describe, expect, it } from 'vitest';
import { readPrompt } from '../../../src/engine/backends/sketch/prompt-reading.js';
import { applyTemplate, globalScope } from '../../../src/engine/index.js';
import { type EngineHarness, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

const scopeId = 'discord:1';
const noir = { prompt: 'film noir, {prompt}', negative: 'colour', aspect: '16:9', count: 2 };

async function start() {
  harness = await startEngine([poolOf([createScriptedBackend()])]);
  const { id: userId } = await harness.user('ann');
  return { presets: harness.engine.presets, userId };
}

describe('presets', () => {
  it('are there in a fresh install, at least eight, each with a prompt and a negative', async () => {
    const { presets } = await start();
    const shipped = await presets.list(scopeId);
    expect(shipped.length).toBeGreaterThanOrEqual(8);
    for (const { name, version, prompt, negative, scopeId: of } of shipped) {
      expect([of, version], name).toEqual([globalScope, 1]);
      expect(prompt, name).toContain('{prompt}');
      expect(negative, name).not.toBe('');
    }
    const names = shipped.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['anime', 'photo', 'pixel-art', 'watercolor']));
  });

  it('that are shipped change how the sketch draws, and not what', async () => {
    const { presets } = await start();
    const bare = readPrompt('a red fox in the snow at night');
    const styles = new Set<string>();
    for (const { name, prompt, negative } of await presets.list(scopeId)) {
      const words = applyTemplate(prompt, 'a red fox in the snow at night');
      const { place, daylight, weather, subjects, colours, style } = readPrompt(words, negative);
      expect(bare, name).toMatchObject({ place, daylight, weather, subjects, colours });
      if (style) styles.add(style);
    }
    expect(styles.size).toBeGreaterThanOrEqual(8);
  });

  it('of a scope stand before global ones, there and nowhere else', async () => {
    const { presets, userId } = await start();
    const own = await presets.add({ scopeId, name: 'anime', userId }, noir);
    expect(own).toEqual({ ...noir, scopeId, name: 'anime', version: 1 });
    const animeIn = async (scope: string) =>
      (await presets.list(scope)).filter(({ name }) => name === 'anime');
    expect(await animeIn(scopeId)).toEqual([own]);
    expect(await animeIn('discord:2')).toMatchObject([{ scopeId: globalScope }]);
  });

  it('get a new version at each change, and keep every one, over a removal too', async () => {
    const { presets, userId } = await start();
    const author = { scopeId, name: 'noir', userId };
    await presets.add(author, noir);
    const edited = await presets.edit(author, { negative: null, count: 4 });
    expect(edited).toEqual({
      prompt: noir.prompt,
      aspect: '16:9',
      count: 4,
      scopeId,
      name: 'noir',
      version: 2,
    });
    await presets.remove(author);
    expect((await presets.list(scopeId)).map(({ name }) => name)).not.toContain('noir');
    expect((await presets.add(author, noir)).version).toBe(3);
    const rows = await harness.db
      .selectFrom('presetVersions')
      .select(['version', 'count', 'createdBy'])
      .where('name', '=', 'noir')
      .orderBy('version')
      .execute();
    expect(rows).toEqual([
      { version: 1, count: 2, createdBy: userId },
      { version: 2, count: 4, createdBy: userId },
      { version: 3, count: 2, createdBy: userId },
    ]);
  });

  it('lose no edit of two that come together', async () => {
    const { presets, userId } = await start();
    const author = { scopeId, name: 'noir', userId };
    await presets.add(author, noir);
    await Promise.all([
      presets.edit(author, { count: 1 }),
      presets.edit(author, { strength: 0.3 }),
      presets.edit(author, { aspect: '1:1' }),
    ]);
    const [found] = (await presets.list(scopeId)).filter(({ name }) => name === 'noir');
    expect(found).toMatchObject({ version: 4, count: 1, strength: 0.3, aspect: '1:1' });
  });

  it('are refused where the name is taken, unknown, or only a global one', async () => {
    const { presets, userId } = await start();
    const author = { scopeId, name: 'noir', userId };
    await presets.add(author, noir);
    await expect(presets.add(author, noir)).rejects.toMatchObject({
      problem: { kind: 'preset-exists', name: 'noir' },
    });
    await expect(presets.remove({ ...author, name: 'nior' })).rejects.toMatchObject({
      problem: { kind: 'unknown-preset', name: 'nior', isGlobal: false, known: ['noir'] },
    });
    await expect(presets.edit({ ...author, name: 'photo' }, { count: 1 })).rejects.toMatchObject({
      problem: { kind: 'unknown-preset', name: 'photo', isGlobal: true },
    });
  });

  it('tell who changed them, from what to what', async () => {
    const { presets, userId } = await start();
    const author = { scopeId, name: 'noir', userId };
    await presets.add(author, noir);
    await presets.edit(author, { count: 4 });
    await presets.remove(author);
    const rows = await harness.db.selectFrom('audit').selectAll().orderBy('id').execute();
    expect(rows).toMatchObject([
      { action: 'preset-added', scopeId, userId, details: { name: 'noir', after: noir } },
      { action: 'preset-edited', details: { before: { count: 2 }, after: { count: 4 } } },
      { action: 'preset-removed', details: { name: 'noir', version: 2 } },
    ]);
  });

  it('stay with the batch in the version that it ran with', async () => {
    const { presets, userId } = await start();
    const author = { scopeId, name: 'noir', userId };
    const { version } = await presets.add(author, noir);
    const preset = { scopeId, name: 'noir', version };
    const batchId = await harness.submit(await harness.user('ann'), [{ preset }]);
    await presets.remove(author);
    const batch = await harness.until(batchId, (view) => view.counts.completed === 1);
    expect(batch.tasks[0]?.request.preset).toEqual(preset);
  });
});
