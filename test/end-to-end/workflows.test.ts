import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTexts } from '../../src/engine/images/metadata/image-metadata.js';
import { shownAttachments, textOf } from '../../src/playground/discord/index.js';
import { portrait } from '../engine/backends/comfyui/comfyui-fixture.js';
import { type ComfyUiServer, startComfyUiServer } from '../support/comfyui-server.js';
import { type EaselProcess, openStudio, type Studio } from '../support/studio.js';
import { discordCardWith, openDiscordRoom, patienceMs } from '../support/studio-people.js';

let studio: Studio;
let comfyUi: ComfyUiServer;
let folder: string;
let easel: EaselProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-workflows-'));
  await writeFile(join(folder, 'portrait.json'), JSON.stringify(portrait()));
  const fancy = { ...portrait(), '30': { class_type: 'FancyNode', inputs: {} } };
  await writeFile(join(folder, 'fancy.json'), JSON.stringify(fancy));
  comfyUi = await startComfyUiServer({
    shrink: 4,
    files: { upscale_models: ['4x-UltraSharp.pth'] },
  });
  studio = await openStudio({ configuration: yaml(folder) });
  easel = await studio.start();
});
afterAll(async () => {
  await studio.close();
  await comfyUi.close();
  await rm(folder, { recursive: true });
});

const timeoutMs = patienceMs;

function yaml(workflows: string): string {
  return `
backends:
  - { name: desk, type: comfyui, url: '${comfyUi.url}', workflows: '${workflows}' }
`;
}

it('runs an operator’s own workflow by its name, upscales, and finds the batch of a file', async () => {
  const { channel, people } = openDiscordRoom(studio, 'ann', 'bob');
  const [ann, bob] = people;
  ann?.command(channel, 'imagine', { prompt: 'a lighthouse', model: 'portrait', seed: 7 });
  const done = await discordCardWith(channel, 'U1', 'a lighthouse');
  expect(textOf(done)).toContain('portrait');
  const bytes = shownAttachments(done)[0]?.bytes ?? Buffer.alloc(0);
  const texts = readTexts(bytes);
  expect(JSON.parse(texts?.easel ?? '{}')).toMatchObject({ seed: 7, model: 'portrait' });

  ann?.press(done, 'U1');
  const upscaled = await discordCardWith(channel, 'Delete', '4x-UltraSharp');
  expect(shownAttachments(upscaled)).toHaveLength(1);

  const file = { name: 'mine.png', bytes };
  const shown = await ann?.command(channel, 'show', { image: file }).message({ timeoutMs });
  expect(JSON.stringify(shown)).toContain('a lighthouse');
  const refused = await bob?.command(channel, 'show', { image: file }).message({ timeoutMs });
  expect(JSON.stringify(refused)).toContain('somebody else');
});

it('tells the operator which workflow the server cannot run, and offers the others', async () => {
  expect(easel.output()).toContain('fancy.json: node 30 (FancyNode): the server has no such node');
  const { channel, people } = openDiscordRoom(studio, 'cleo');
  const models = await people[0]?.command(channel, 'models').message({ timeoutMs });
  expect(JSON.stringify(models)).toContain('portrait');
  expect(JSON.stringify(models)).not.toContain('fancy');
});

it('does not start with a workflow that is none, and says all that is wrong', async () => {
  const broken = await mkdtemp(join(tmpdir(), 'easel-broken-'));
  await writeFile(join(broken, 'one.json'), '{"nodes": [], "links": []}');
  await writeFile(
    join(broken, 'two.json'),
    JSON.stringify({ '1': { class_type: 'A', inputs: {} } }),
  );
  await studio.configure(yaml(broken));
  const refused = studio.spawn({ TELEGRAM_TOKEN: '1:x', DISCORD_TOKEN: '' });
  expect(await refused.exited).toBe(1);
  expect(refused.output()).toMatch(/workflows of desk: one\.json: .*Export \(API\)/);
  expect(refused.output()).toMatch(/workflows of desk: two\.json: no node has easel:prompt/);
  await rm(broken, { recursive: true });
});
