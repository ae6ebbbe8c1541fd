import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { upscaleImage } from '../../../src/engine/images/upscale.js';
import { noise, plain } from './fixtures.js';

describe('upscaleImage', () => {
  it('doubles both sides, and keeps a JPEG a JPEG', async () => {
    const png = await upscaleImage(await noise(50, 30).png().toBuffer());
    const jpeg = await upscaleImage(await noise(50, 30).jpeg().toBuffer());
    expect(await sharp(png.bytes).metadata()).toMatchObject({
      format: 'png',
      width: 100,
      height: 60,
    });
    expect(await sharp(jpeg.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 100 });
    expect([png.mediaType, jpeg.mediaType]).toEqual(['image/png', 'image/jpeg']);
  });

  it('shows the same picture', async () => {
    const bytes = await plain(40, 40, '#336699').png().toBuffer();
    const { channels } = await sharp((await upscaleImage(bytes)).bytes).stats();
    expect(channels.map((channel) => Math.round(channel.mean))).toEqual([0x33, 0x66, 0x99]);
  });

  it('refuses a result above the cap, and what it cannot read', async () => {
    const bytes = await plain(100, 100).png().toBuffer();
    await expect(upscaleImage(bytes, { maxPixels: 30_000 })).rejects.toMatchObject({
      problem: { kind: 'too-many-pixels', pixels: 40_000, maxPixels: 30_000 },
    });
    await expect(upscaleImage(Buffer.from('no picture'))).rejects.toMatchObject({
      problem: { kind: 'broken' },
    });
  });
});
