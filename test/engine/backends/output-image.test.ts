import sharp from 'sharp';
import { expect, it } from 'vitest';
import { whyNotWhole } from '../../../src/engine/backends/output-image.js';
import { exchangeOf } from '../../support/comfyui-recordings.js';

const picture = () => sharp({ create: { width: 40, height: 30, channels: 3, background: '#c63' } });
const images = {
  png: await picture().png().toBuffer(),
  jpeg: await picture().jpeg().toBuffer(),
  webp: await picture().webp().toBuffer(),
  recorded: Buffer.from(exchangeOf('txt2img', 'GET', /^\/view/).b64 ?? '', 'base64'),
};

it.each(Object.entries(images))('takes a whole %s', (_, bytes) => {
  expect(whyNotWhole(bytes)).toBeUndefined();
});

it.each(Object.entries(images))('refuses a %s that breaks off', (_, bytes) => {
  for (const share of [0.1, 0.5, 0.9]) {
    expect(whyNotWhole(bytes.subarray(0, Math.floor(bytes.length * share)))).toBeDefined();
  }
});

it('refuses a PNG with a damaged byte in it', () => {
  const damaged = Buffer.from(images.png);
  damaged.writeUInt8(damaged.readUInt8(60) ^ 0xff, 60);
  expect(whyNotWhole(damaged)).toContain('damaged');
});

it.each(['', '{"error":"x"}', '<html>', '%PDF-1.7'])('refuses %j', (text) => {
  expect(whyNotWhole(Buffer.from(text))).toBeDefined();
});
