import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { whyNotWhole } from '../../../src/engine/backends/output-image.js';
import { joined } from '../../../src/engine/images/file-pieces.js';
import {
  type ImageMetadata,
  imageIdIn,
  readTexts,
  textsOf,
  writeTexts,
} from '../../../src/engine/images/metadata/image-metadata.js';

const width = 31;
const height = 17;
const metadata: ImageMetadata = {
  image: 'Q3vN8-_x',
  operation: 'generate',
  prompt: 'a fox, 狐狸 🦊\nat dusk',
  negative: 'hands',
  model: 'sd_xl_base_1.0',
  seed: 4_294_967_295,
  width,
  height,
  preset: { name: 'anime', version: 3 },
  workflow: 'ab'.repeat(32),
  parameters: { steps: 25, sampler: 'dpmpp_2m', scheduler: 'karras', cfg: 7, vae: 'a, "b".pt' },
};

const picture = () => {
  const noise = Buffer.from(Array.from({ length: width * height * 4 }, (_, i) => (i * 97) % 251));
  return sharp(noise, { raw: { width, height, channels: 4 } });
};
const files = {
  'image/png': () => picture().png().toBuffer(),
  'image/jpeg': () => picture().flatten().jpeg().toBuffer(),
  'image/jpeg with EXIF and XMP': () =>
    picture()
      .flatten()
      .withMetadata({ orientation: 6 })
      .withExifMerge({ IFD0: { ImageDescription: 'secret' } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><secret/></x:xmpmeta>')
      .jpeg()
      .toBuffer(),
  'image/webp': () => picture().flatten().webp().toBuffer(),
  'image/webp with alpha': () => picture().webp().toBuffer(),
  'image/webp without loss': () => picture().webp({ lossless: true }).toBuffer(),
  'image/webp with EXIF': () =>
    picture()
      .withMetadata({ orientation: 8 })
      .withExifMerge({ IFD0: { ImageDescription: 'secret' } })
      .webp()
      .toBuffer(),
} as const;

/** A PNG with one more text in it, after its header. */
function withText(png: Buffer, data: string): Buffer {
  const body = Buffer.from(`tEXt${data}`, 'latin1');
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, 33), length, body, check, png.subarray(33)]);
}

const written = (...args: Parameters<typeof writeTexts>) => joined(writeTexts(...args));
const pixels = (bytes: Uint8Array) => sharp(bytes, { failOn: 'warning' }).raw().toBuffer();
const typeOf = (name: string) => name.split(' ')[0] ?? '';
const asPicture = (name: string, bytes: Uint8Array) => ({
  bytes,
  mediaType: typeOf(name),
  width,
  height,
});

describe.each(Object.entries(files))('in a file of %s', (name, make) => {
  it('tells how an image was made, and touches no pixel', async () => {
    const before = await make();
    const texts = textsOf(metadata);
    const after = written(asPicture(name, before), texts);
    expect(await pixels(after)).toEqual(await pixels(before));
    expect(whyNotWhole(after)).toBeUndefined();
    expect(readTexts(after)).toEqual(texts);
    expect(imageIdIn(after)).toBe(metadata.image);
    const { orientation, hasAlpha } = await sharp(after).metadata();
    const original = await sharp(before).metadata();
    expect({ orientation, hasAlpha }).toEqual({
      orientation: original.orientation,
      hasAlpha: original.hasAlpha,
    });
    expect(Buffer.from(after).includes('secret')).toBe(false);
  });

  it('says it once, however often it is written', async () => {
    const first = written(asPicture(name, await make()), textsOf(metadata));
    const other = textsOf({ ...metadata, image: 'another' });
    const second = written(asPicture(name, first), other);
    expect(readTexts(second)).toEqual(other);
    expect(Buffer.from(second).includes(metadata.image)).toBe(false);
  });

  it('says nothing once it is stripped, and looks the same', async () => {
    const before = await make();
    const told = written(asPicture(name, before), textsOf(metadata));
    const bare = written(asPicture(name, told), undefined);
    expect(await pixels(bare)).toEqual(await pixels(before));
    expect(readTexts(bare)).toBeUndefined();
    expect(Buffer.from(bare).includes('dpmpp_2m')).toBe(false);
    expect((await sharp(bare).metadata()).orientation).toBe(
      (await sharp(before).metadata()).orientation,
    );
  });

  it('reads nothing in a file cut anywhere, and does not fail', async () => {
    const told = written(asPicture(name, await make()), textsOf(metadata));
    for (let length = 0; length < told.length; length += 7) {
      const cut = told.subarray(0, length);
      expect(() => readTexts(cut)).not.toThrow();
      expect(() => written(asPicture(name, cut), textsOf(metadata))).not.toThrow();
    }
  });
});

it('writes the parameters as AUTOMATIC1111 does', () => {
  expect(textsOf(metadata).parameters.split('\n')).toEqual([
    'a fox, 狐狸 🦊',
    'at dusk',
    'Negative prompt: hands',
    'Steps: 25, Sampler: dpmpp_2m, Schedule type: karras, CFG scale: 7, VAE: "a, \\"b\\".pt", ' +
      'Seed: 4294967295, Size: 31x17, Model: sd_xl_base_1.0, Version: Easel',
  ]);
});

it('writes it as plain text where ASCII will do, for readers that know no other', async () => {
  const plain = textsOf({ ...metadata, prompt: 'a fox' });
  const file = written(asPicture('image/png', await files['image/png']()), plain);
  const { comments } = await sharp(file).metadata();
  expect(comments).toContainEqual({ keyword: 'parameters', text: plain.parameters });
});

it('removes what a backend wrote: ComfyUI’s texts hold its whole workflow', async () => {
  const bare = await files['image/png']();
  const file = withText(bare, 'workflow\0{"nodes":["/home/me/secret"]}');
  expect(Buffer.from(file).includes('secret')).toBe(true);
  for (const texts of [textsOf(metadata), undefined]) {
    const after = written(asPicture('image/png', file), texts);
    expect(Buffer.from(after).includes('secret')).toBe(false);
    expect(await pixels(after)).toEqual(await pixels(bare));
  }
});

it('keeps the longest prompt in a JPEG, or leaves all out where a segment cannot hold it', async () => {
  const bytes = await files['image/jpeg']();
  const long = textsOf({ ...metadata, prompt: '狐'.repeat(4000), negative: '手'.repeat(4000) });
  expect(readTexts(written(asPicture('image/jpeg', bytes), long))).toEqual(long);
  const beyond = textsOf({ ...metadata, prompt: 'x'.repeat(70_000) });
  const after = written(asPicture('image/jpeg', bytes), beyond);
  expect(readTexts(after)).toBeUndefined();
  expect(await pixels(after)).toEqual(await pixels(bytes));
});

it('leaves a type that it does not know as it is', async () => {
  const gif = await picture().gif().toBuffer();
  expect(written(asPicture('image/gif', gif), textsOf(metadata))).toBe(gif);
  expect(imageIdIn(gif)).toBeUndefined();
});

it.each([
  '{"image":"../../etc/passwd"}',
  '{"image":7}',
  '{"image":""}',
  'not JSON',
  '[]',
  `{"image":"${'a'.repeat(65)}"}`,
])('takes no id from %s', async (easel) => {
  const bytes = await files['image/png']();
  const file = written(asPicture('image/png', bytes), { parameters: '', easel });
  expect(imageIdIn(file)).toBeUndefined();
});
