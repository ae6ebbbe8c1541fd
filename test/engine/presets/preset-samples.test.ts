import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createPresetSamples } from '../../../src/engine/presets/preset-samples.js';
import { makePicture } from '../../support/pictures.js';

const noir = { prompt: 'film noir of {prompt}', negative: 'colour' };
const pixels = { prompt: 'pixel art' };

function counted(fail = false) {
  const drawn: string[] = [];
  const picture = makePicture(256, 256, 'jpeg');
  const samples = createPresetSamples(async (prompt, negative) => {
    drawn.push(`${prompt} | ${negative ?? ''}`);
    if (fail && drawn.length === 1) throw new Error('out of ink');
    return picture;
  });
  return { samples, drawn };
}

describe('the sheet of presets', () => {
  it('is one JPEG of what the sketch makes of each, and no two are alike', async () => {
    const sheet = sharp(await createPresetSamples()([noir, pixels]));
    const { format, width, height } = await sheet.metadata();
    expect([format, width, height]).toEqual(['jpeg', 2 * 256 + 6, 256]);
    const cut = (left: number) =>
      sheet.clone().extract({ left, top: 64, width: 256, height: 192 }).raw().toBuffer();
    const [one, other] = [await cut(0), await cut(262)];
    const difference = one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0);
    expect(difference / one.length).toBeGreaterThan(8);
  });

  it('draws each once, whichever sheets it is on', async () => {
    const { samples, drawn } = counted();
    const [first, again] = await Promise.all([samples([noir, pixels]), samples([noir, pixels])]);
    expect(again).toBe(first);
    await samples([pixels, noir]);
    expect(drawn).toEqual([
      'film noir of a red fox by a lake at sunset | colour',
      'a red fox by a lake at sunset, pixel art | ',
    ]);
  });

  it('is drawn anew where it failed', async () => {
    const { samples } = counted(true);
    await expect(samples([noir])).rejects.toThrow('out of ink');
    expect((await sharp(await samples([noir])).metadata()).width).toBe(256);
  });

  it('numbers its pictures', async () => {
    const { samples } = counted();
    const sheet = sharp(await samples([noir, noir]));
    const corner = (left: number) =>
      sheet.clone().extract({ left, top: 0, width: 56, height: 40 }).raw().toBuffer();
    expect(await corner(0)).not.toEqual(await corner(262));
  });
});
