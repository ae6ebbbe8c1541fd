import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  decodeInput,
  ImageError,
  type ImageLimits,
  type ImageProblem,
  inspectImage,
} from '../../../src/engine/images/inspection.js';
import { colourAt, noise, plain } from './fixtures.js';

async function problemOf(bytes: Uint8Array, limits?: ImageLimits): Promise<ImageProblem> {
  const error = await decodeInput(bytes, limits).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ImageError);
  return (error as ImageError).problem;
}

async function animatedGif(): Promise<Buffer> {
  const frames = await Promise.all(
    ['#ff0000', '#0000ff'].map((colour) => plain(40, 30, colour).png().toBuffer()),
  );
  return sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
}

describe('inspectImage', () => {
  for (const format of ['png', 'jpeg', 'webp', 'gif', 'avif', 'tiff'] as const) {
    it(`reads type and size of a ${format} from its bytes`, async () => {
      const bytes = await plain(60, 40).toFormat(format).toBuffer();
      const info = await inspectImage(bytes);
      expect(info).toEqual({
        mediaType: `image/${format}`,
        width: 60,
        height: 40,
        animated: false,
      });
    });
  }

  it('tells the size as the picture is seen, after its EXIF orientation', async () => {
    const bytes = await plain(60, 40).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await inspectImage(bytes)).toMatchObject({ width: 40, height: 60 });
  });

  it('knows an animation', async () => {
    const gif = await animatedGif();
    const webp = await sharp(gif, { animated: true }).webp().toBuffer();
    expect(await inspectImage(gif)).toMatchObject({ mediaType: 'image/gif', animated: true });
    expect(await inspectImage(webp)).toMatchObject({ mediaType: 'image/webp', animated: true });
  });
});

describe('decodeInput', () => {
  it('takes what is a picture, whatever it is called', async () => {
    const jpeg = await noise(80, 60).jpeg().toBuffer();
    expect(await decodeInput(jpeg)).toMatchObject({
      mediaType: 'image/jpeg',
      width: 80,
      height: 60,
    });
  });

  it('refuses what is no picture', async () => {
    expect(await problemOf(new Uint8Array())).toEqual({ kind: 'not-an-image' });
    expect(await problemOf(Buffer.from('just some text, saved as photo.jpg'))).toEqual({
      kind: 'not-an-image',
    });
  });

  it('names the type of a PDF that is called .png, and of SVG, HEIC, BMP and video', async () => {
    const mediaTypes = {
      '%PDF-1.7\n1 0 obj': 'application/pdf',
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>': 'image/svg+xml',
      '<?xml version="1.0"?>\n<!-- a -->\n<svg width="9" height="9"/>': 'image/svg+xml',
      '\0\0\0\x18ftypheic\0\0\0\0mif1heic': 'image/heic',
      '\0\0\0\x18ftypisom\0\0\0\0isommp42': 'video/mp4',
      'BM\x36\0\0\0': 'image/bmp',
    };
    for (const [text, mediaType] of Object.entries(mediaTypes)) {
      const problem = await problemOf(Buffer.from(text, 'latin1'));
      expect(problem).toEqual({ kind: 'unsupported-type', mediaType });
    }
  });

  it('refuses 60 megapixels by the header, without decoding them', async () => {
    const whole = await plain(10_000, 6000).png({ compressionLevel: 1 }).toBuffer();
    // Nothing but the header is there to be read.
    const problem = await problemOf(whole.subarray(0, 64));
    expect(problem).toEqual({
      kind: 'too-many-pixels',
      pixels: 60_000_000,
      maxPixels: 50_000_000,
    });
  });

  it('refuses more bytes than the limit', async () => {
    const bytes = await noise(100, 100).png().toBuffer();
    expect(await problemOf(bytes, { maxBytes: 1000, maxPixels: 1e6 })).toEqual({
      kind: 'too-many-bytes',
      bytes: bytes.byteLength,
      maxBytes: 1000,
    });
  });

  for (const format of ['png', 'jpeg', 'webp', 'gif', 'avif'] as const) {
    it(`finds that a ${format} is truncated`, async () => {
      const whole = await noise(300, 200).toFormat(format).toBuffer();
      const cut = whole.subarray(0, Math.floor(whole.byteLength * 0.6));
      expect(await problemOf(cut)).toEqual({ kind: 'broken' });
    });
  }

  it('turns a photo upright and drops what it says of place and camera', async () => {
    const sideways = await sharp(
      Buffer.from(
        '<svg width="60" height="40"><rect width="60" height="40" fill="#00f"/><rect width="20" height="40" fill="#f00"/></svg>',
      ),
    )
      .withExif({ IFD0: { Copyright: 'a secret name' } })
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100 })
      .toBuffer();
    const { bytes, width, height } = await decodeInput(sideways);
    expect([width, height]).toEqual([40, 60]);
    const [red = 0, , blue = 0] = await colourAt(bytes, 20, 5);
    expect(red).toBeGreaterThan(blue);
    const { exif, orientation } = await sharp(bytes).metadata();
    expect({ exif, orientation }).toEqual({ exif: undefined, orientation: undefined });
  });

  it('takes the first frame of an animation', async () => {
    const { bytes, mediaType, width, height } = await decodeInput(await animatedGif());
    expect([mediaType, width, height]).toEqual(['image/png', 40, 30]);
    expect(await colourAt(bytes, 10, 10)).toEqual([255, 0, 0]);
  });

  it('keeps transparency, and writes 16-bit and CMYK pictures as 8-bit sRGB', async () => {
    const clear = await sharp({
      create: { width: 20, height: 20, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0.5 } },
    })
      .webp()
      .toBuffer();
    const kept = await decodeInput(clear);
    expect(kept.mediaType).toBe('image/png');
    expect(await sharp(kept.bytes).metadata()).toMatchObject({ hasAlpha: true });

    const deep = await plain(20, 20).toColourspace('rgb16').png().toBuffer();
    const cmyk = await plain(20, 20).toColourspace('cmyk').jpeg().toBuffer();
    for (const bytes of [deep, cmyk]) {
      const written = await decodeInput(bytes);
      const { space, depth } = await sharp(written.bytes).metadata();
      expect({ space, depth }).toEqual({ space: 'srgb', depth: 'uchar' });
    }
  });
});
