import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { compare } from '../../../src/playground/demo/likeness.js';
import { apple, lemon, takeSnapshot } from '../../../src/playground/demo/snapshot.js';

describe('comparing pictures', () => {
  it('finds no difference between a picture and itself, at whatever size', async () => {
    const picture = await takeSnapshot(apple);
    const small = await sharp(picture).resize(200).png().toBuffer();
    const { difference, correlation } = await compare(picture, small);
    expect(difference).toBeLessThan(0.02);
    expect(correlation).toBeGreaterThan(0.99);
  });

  it('tells a tinted picture from an unrelated one', async () => {
    const picture = await takeSnapshot(apple);
    const tinted = await compare(picture, await sharp(picture).tint('#f08030').toBuffer());
    const unrelated = await compare(picture, await takeSnapshot(lemon));
    expect(tinted.difference).toBeGreaterThan(0.03);
    expect(tinted.correlation).toBeGreaterThan(0.9);
    expect(unrelated.correlation).toBeLessThan(0.6);
  });

  it('finds nothing alike in a picture of one tone', async () => {
    const create = { width: 9, height: 9, channels: 3, background: '#888' } as const;
    const grey = await sharp({ create }).png().toBuffer();
    expect((await compare(await takeSnapshot(apple), grey)).correlation).toBe(0);
  });
});
