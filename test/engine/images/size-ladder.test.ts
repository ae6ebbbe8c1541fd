import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  discordFileLimits,
  fitImage,
  isFitting,
  telegramPhotoLimits,
} from '../../../src/engine/images/size-ladder.js';
import { noise, plain } from './fixtures.js';

describe('fitImage', () => {
  it('leaves a picture that fits as it is', async () => {
    const bytes = await noise(200, 100).png().toBuffer();
    const fitted = await fitImage(bytes, discordFileLimits);
    expect(fitted).toEqual({
      bytes,
      mediaType: 'image/png',
      width: 200,
      height: 100,
      changed: false,
    });
  });

  it('gives up quality before size', async () => {
    const bytes = await noise(400, 400).png().toBuffer();
    const fitted = await fitImage(bytes, { maxBytes: 200_000 });
    expect(fitted).toMatchObject({ mediaType: 'image/webp', width: 400, changed: true });
    expect(fitted.bytes.byteLength).toBeLessThanOrEqual(200_000);
  });

  it('makes a JPEG of a large picture that is opaque, for which WebP takes too long', async () => {
    const fit = { maxBytes: 300_000 };
    const opaque = await plain(3000, 2700).png({ compressionLevel: 0 }).toBuffer();
    expect(await fitImage(opaque, fit)).toMatchObject({ mediaType: 'image/jpeg', width: 3000 });
    const clear = await plain(3000, 2700).ensureAlpha(0.5).png({ compressionLevel: 0 }).toBuffer();
    expect(await fitImage(clear, fit)).toMatchObject({ mediaType: 'image/webp', width: 3000 });
  });

  it('finds the best quality for a large picture too, of which it tries no more than a sample', async () => {
    const bytes = await noise(3000, 2700).png({ compressionLevel: 0 }).toBuffer();
    const jpeg = await sharp(bytes).jpeg({ quality: 76 }).toBuffer();
    const { bytes: fitted } = await fitImage(bytes, { maxBytes: jpeg.byteLength + 1000 });
    expect(fitted.byteLength).toBe(jpeg.byteLength);
    const small = await fitImage(bytes, { maxBytes: jpeg.byteLength / 3 });
    expect(small.bytes.byteLength).toBeLessThanOrEqual(jpeg.byteLength / 3);
    expect(small.bytes.byteLength).toBeGreaterThan(jpeg.byteLength / 9);
  });

  it('gives up size where quality is not enough', async () => {
    const bytes = await noise(400, 300).png().toBuffer();
    const fitted = await fitImage(bytes, { maxBytes: 20_000 });
    expect(fitted.bytes.byteLength).toBeLessThanOrEqual(20_000);
    expect(fitted.width).toBeLessThan(400);
    expect(fitted.width / fitted.height).toBeCloseTo(4 / 3, 1);
    expect(await sharp(fitted.bytes).metadata()).toMatchObject({
      width: fitted.width,
      height: fitted.height,
    });
  });

  it('reads whatever a backend may answer with, and writes no more pixels than are held at once', async () => {
    const huge = await plain(12_000, 9_000).png().toBuffer();
    const photo = await fitImage(huge, telegramPhotoLimits);
    expect(photo.width + photo.height).toBeLessThanOrEqual(10_000);
    const { width, height } = await fitImage(huge, { maxBytes: huge.byteLength - 1 });
    expect(width * height).toBeLessThanOrEqual(50_000_000);
    expect(width / height).toBeCloseTo(4 / 3, 2);
  });

  it('brings a large picture under the limits of a Telegram photo', async () => {
    const wide = await plain(12_000, 400).png().toBuffer();
    const fitted = await fitImage(wide, telegramPhotoLimits);
    const { width, height, bytes } = fitted;
    expect(width + height).toBeLessThanOrEqual(10_000);
    expect(width / height).toBeLessThanOrEqual(20);
    expect(bytes.byteLength).toBeLessThanOrEqual(10_000_000);
    expect(fitted.mediaType).toBe('image/jpeg');
  });

  it('keeps ratio and sum at every awkward size', async () => {
    for (const [width, height] of [
      [5003, 251],
      [251, 5003],
      [9900, 103],
      [1, 700],
    ] as const) {
      const bytes = await plain(width, height).png().toBuffer();
      const fitted = await fitImage(bytes, { ...telegramPhotoLimits, maxSideSum: 1700 });
      expect(fitted.width + fitted.height).toBeLessThanOrEqual(1700);
      const [short = 0, long = 0] = [fitted.width, fitted.height].sort((a, b) => a - b);
      expect(long / short).toBeLessThanOrEqual(20);
    }
  });

  it('converts a type that is not wanted, and puts transparency on white', async () => {
    const clear = await sharp({
      create: { width: 30, height: 30, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .webp()
      .toBuffer();
    const fitted = await fitImage(clear, telegramPhotoLimits);
    expect(fitted).toMatchObject({ mediaType: 'image/jpeg', changed: true });
    const { channels } = await sharp(fitted.bytes).stats();
    expect(channels[0]?.mean).toBeGreaterThan(250);
  });

  it('says so when nothing is small enough', async () => {
    const bytes = await noise(100, 100).png().toBuffer();
    await expect(fitImage(bytes, { maxBytes: 10 })).rejects.toMatchObject({
      problem: { kind: 'too-many-bytes', maxBytes: 10 },
    });
  });
});

describe('isFitting', () => {
  const png = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#357' } }).png();
  const onRecord = (bytes: Buffer, width: number, height: number, mediaType = 'image/png') => ({
    pieces: [bytes],
    mediaType,
    width,
    height,
  });

  it('agrees with fitImage that a PNG under the limits stays as it is', async () => {
    const bytes = await png(300, 200).toBuffer();
    expect(isFitting(onRecord(bytes, 300, 200), telegramPhotoLimits)).toBe(true);
    expect(await fitImage(bytes, telegramPhotoLimits)).toMatchObject({ changed: false });
  });

  it('leaves to fitImage what is too large, too narrow, or of another type', async () => {
    const bytes = await png(300, 10).toBuffer();
    expect(isFitting(onRecord(bytes, 300, 10), telegramPhotoLimits)).toBe(false);
    expect(isFitting(onRecord(bytes, 9000, 1001), telegramPhotoLimits)).toBe(false);
    const { length } = bytes;
    expect(isFitting(onRecord(bytes, 300, 200), { maxBytes: length - 1 })).toBe(false);
    expect(isFitting(onRecord(bytes, 300, 200, 'image/webp'), telegramPhotoLimits)).toBe(false);
  });

  it('leaves to fitImage a PNG that is to be turned', async () => {
    const bytes = await png(300, 200).withMetadata({ orientation: 6 }).toBuffer();
    const whole = onRecord(bytes, 200, 300);
    expect(isFitting(whole, telegramPhotoLimits)).toBe(false);
    const parts = Array.from({ length: Math.ceil(bytes.length / 5) }, (_, index) =>
      bytes.subarray(5 * index, 5 * index + 5),
    );
    expect(isFitting({ ...whole, pieces: parts }, telegramPhotoLimits)).toBe(false);
    expect(await fitImage(bytes, telegramPhotoLimits)).toMatchObject({ changed: true });
  });
});
