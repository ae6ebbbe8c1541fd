import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownAttachments, textOf } from '../../src/playground/discord/index.js';
import { type ComfyUiServer, startComfyUiServer } from '../support/comfyui-server.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordButtons,
  discordCardWith,
  openDiscordRoom,
  telegramButtons,
  telegramCardWith,
  telegramPress,
  telegramSaid,
  telegramWords,
} from '../support/studio-people.js';

let studio: Studio;
let comfyUi: ComfyUiServer;
beforeAll(async () => {
  // Twenty steps: four seconds a run.
  comfyUi = await startComfyUiServer({ stepMs: 200 });
  studio = await openStudio({
    configuration: `
backends:
  - { name: sketch, type: sketch, slots: 2, stepDurationMs: 150 }
  - { name: desk, type: comfyui, url: '${comfyUi.url}' }
`,
  });
  await studio.start();
});
afterAll(async () => {
  await studio.close();
  await comfyUi.close();
});

/** @throws Error for bytes that no image program reads to their end */
async function sizeOf(bytes: Uint8Array) {
  const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height };
}

async function pixelsOf(bytes: Uint8Array): Promise<string> {
  return (await sharp(bytes).raw().toBuffer()).toString('base64');
}

const isProgress = (words: string) => /[▰▱]{10} \d+%/.test(words);
const distinct = (values: readonly string[]) => [...new Set(values)];

describe('four images', () => {
  it('come on Discord as their grid and the four, after at least two signs of progress', async () => {
    const { channel, people } = openDiscordRoom(studio);
    people[0]?.command(channel, 'imagine', {
      prompt: 'a lighthouse at dusk',
      count: 4,
      aspect: '16:9',
      seed: 7,
    });
    const done = await discordCardWith(channel, 'U1');

    const [grid, ...originals] = shownAttachments(done);
    expect(originals).toHaveLength(4);
    const sizes = await Promise.all(originals.map(({ bytes }) => sizeOf(bytes)));
    expect(new Set(sizes.map(({ width, height }) => `${width}x${height}`)).size).toBe(1);
    const [size = { width: 0, height: 1 }] = sizes;
    expect(size.width / size.height).toBeCloseTo(16 / 9, 1);
    expect(new Set(originals.map(({ bytes }) => bytes.toString('base64'))).size).toBe(4);
    const whole = await sizeOf(grid?.bytes ?? Buffer.of());
    expect(whole.width / whole.height).toBeCloseTo(16 / 9, 1);
    expect(textOf(done)).toMatch(/4 images · [\d.]+ s · Sketch \(built-in\) · seed 7/);

    const states = done.versions.map((version) => textOf(version));
    expect(distinct(states.filter(isProgress)).length).toBeGreaterThanOrEqual(2);
    expect(channel.messages()).toHaveLength(1);
  });

  it('come on Telegram as their grid, and the originals as documents', async () => {
    const ann = studio.telegram.createUser();
    await ann.send(ann.chat, { text: 'a lighthouse at dusk --n 4 --ar 3:2 --seed 7' });
    const done = await telegramCardWith(studio, ann.chat, 'U1');

    const largest = done.content.photo?.at(-1);
    const grid = await sizeOf(studio.telegram.fileBytes(largest?.file_id ?? ''));
    expect(grid.width / grid.height).toBeCloseTo(3 / 2, 1);
    expect(telegramWords(done)).toMatch(/4 images · [\d.]+ s · Sketch \(built-in\) · seed 7/);
    const states = done.versions.map((version) => telegramWords(version));
    expect(distinct(states.filter(isProgress)).length).toBeGreaterThanOrEqual(2);
    expect(telegramSaid(studio, ann.chat)).toHaveLength(1);

    telegramPress(ann, done, 'Originals');
    const documents = await studio.telegram.waitFor(() => {
      const found = telegramSaid(studio, ann.chat).filter(({ content }) => content.document);
      return found.length === 4 && found;
    });
    for (const { content } of documents) {
      const size = await sizeOf(studio.telegram.fileBytes(content.document?.file_id ?? ''));
      expect(size.width / size.height).toBeCloseTo(3 / 2, 1);
    }
  });
});

describe('a run on ComfyUI', () => {
  const model = 'tiny-sd15';

  it('shows its previews on Discord while it runs, and then its images', async () => {
    const { channel, people } = openDiscordRoom(studio);
    people[0]?.command(channel, 'imagine', { prompt: 'a red fox', model, count: 2, seed: 11 });
    const done = await discordCardWith(channel, 'U2');
    // What is sent says in the file how it was made; the pictures are the same.
    const shown = await Promise.all(shownAttachments(done).map(({ bytes }) => pixelsOf(bytes)));
    const saved = await Promise.all([...comfyUi.saved.values()].map(pixelsOf));
    expect(shown).toEqual(expect.arrayContaining(saved));
    const running = done.versions.filter((version) => isProgress(textOf(version)));
    expect(distinct(running.map((version) => textOf(version))).length).toBeGreaterThanOrEqual(2);
    expect(running.some((version) => shownAttachments(version).length > 0)).toBe(true);
    expect(running.every((version) => discordButtons(version).includes('Cancel'))).toBe(true);
  });

  it('shows its previews on Telegram while it runs, and then its image', async () => {
    const ann = studio.telegram.createUser();
    await ann.send(ann.chat, { text: `a blue fox --model ${model}` });
    const done = await telegramCardWith(studio, ann.chat, 'U1');
    expect(done.content.photo).toBeDefined();
    const running = done.versions.filter((version) => isProgress(telegramWords(version)));
    expect(
      distinct(running.map((version) => telegramWords(version))).length,
    ).toBeGreaterThanOrEqual(2);
    expect(running.some(({ content }) => content.photo)).toBe(true);
    expect(running.every((version) => telegramButtons(version).includes('Cancel'))).toBe(true);
  });
});
