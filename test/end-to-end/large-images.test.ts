import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownAttachments } from '../../src/playground/discord/index.js';
import { type A1111Server, startA1111Server } from '../support/a1111-server.js';
import { makeNoise, makePicture } from '../support/pictures.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramCardWith,
  telegramPress,
  telegramSaid,
  telegramWords,
} from '../support/studio-people.js';

let studio: Studio;
let webUi: A1111Server;
/** What the backend makes: an uncompressed PNG of three bytes a pixel. */
let picture: Buffer;
beforeAll(async () => {
  webUi = await startA1111Server({ picture: () => picture });
  studio = await openStudio();
  await studio.start({ A1111_URL: webUi.url });
});
afterAll(async () => {
  await studio.close();
  await webUi.close();
});

const megabyte = 1_000_000;

describe('a result of 12 MB', () => {
  beforeAll(async () => {
    picture = await makeNoise(2000, 2000);
    expect(picture.byteLength).toBeGreaterThan(12 * megabyte);
  });

  it('is a photo on Telegram, and comes whole as a file', async () => {
    const { photo, file } = await askOnTelegram();
    expect(photo.byteLength).toBeLessThanOrEqual(10 * megabyte);
    expect(await sharp(photo).metadata()).toMatchObject({ format: 'jpeg' });
    expect(file.content.document?.file_name).toMatch(/\.png$/);
    const bytes = studio.telegram.fileBytes(file.content.document?.file_id ?? '');
    const pixels = (image: Uint8Array) => sharp(image).raw().toBuffer();
    expect((await pixels(bytes)).equals(await pixels(picture))).toBe(true);
  });

  it('is shown on Discord within what a server takes', async () => {
    await askOnDiscord('U1');
  });
});

describe('a result of 60 MB', () => {
  beforeAll(async () => {
    picture = await makeNoise(4500, 4500);
    expect(picture.byteLength).toBeGreaterThan(60 * megabyte);
  });

  it('is shown on Discord within what a server takes', async () => {
    const shown = await askOnDiscord('V1');
    expect(await sharp(shown).metadata()).toMatchObject({ width: 4500, height: 4500 });
  });

  it('is a photo on Telegram, and its file is smaller, as is said', async () => {
    const { ann, photo, file } = await askOnTelegram();
    expect(photo.byteLength).toBeLessThanOrEqual(10 * megabyte);
    const { document } = file.content;
    expect(document?.file_size).toBeLessThanOrEqual(50 * megabyte);
    const bytes = studio.telegram.fileBytes(document?.file_id ?? '');
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 4500, height: 4500 });
    await studio.telegram.waitForMessage(
      ann.chat,
      (message) => telegramWords(message).includes('larger than the 50 MB that a file may have'),
      { timeoutMs: patienceMs },
    );
  });
});

describe('a result of 108 megapixels', () => {
  beforeAll(async () => {
    picture = await makePicture(12_000, 9_000);
    expect(picture.byteLength).toBeLessThan(5 * megabyte);
  });

  it('is a photo on Telegram, and comes whole as a file', async () => {
    const { photo, file } = await askOnTelegram();
    const { width, height } = await sharp(photo).metadata();
    expect(width + height).toBeLessThanOrEqual(10_000);
    const bytes = studio.telegram.fileBytes(file.content.document?.file_id ?? '');
    const whole = await sharp(bytes, { limitInputPixels: false }).metadata();
    expect(whole).toMatchObject({ width: 12_000, height: 9_000 });
  });

  it('stands on the sheet of a batch on Telegram, and in an album', async () => {
    const ann = studio.telegram.createUser();
    await ann.send(ann.chat, { text: 'a {large|huge} fox' });
    const card = await telegramCardWith(studio, ann.chat, 'Originals');
    expect(card.content.photo).toBeDefined();
    await studio.telegram.waitForMessage(
      ann.chat,
      ({ content }) => content.photo !== undefined && content.caption?.startsWith('2/2') === true,
      { timeoutMs: patienceMs },
    );
  });

  it('is shown on Discord as it is', async () => {
    const shown = await askOnDiscord('V1');
    const whole = await sharp(shown, { limitInputPixels: false }).metadata();
    expect(whole).toMatchObject({ width: 12_000, height: 9_000 });
  });
});

/** Asks, and gives the bytes of the one picture that the card shows once it has the button. */
async function askOnDiscord(button: string): Promise<Uint8Array> {
  const { channel, people } = openDiscordRoom(studio);
  people[0]?.command(channel, 'imagine', { prompt: 'a very large fox' });
  const [shown, ...others] = shownAttachments(await discordCardWith(channel, button));
  expect(others).toEqual([]);
  if (!shown) throw new Error('The card shows no picture');
  expect(shown.bytes.byteLength).toBeGreaterThan(megabyte);
  expect(shown.bytes.byteLength).toBeLessThanOrEqual(10 * 1024 * 1024);
  return shown.bytes;
}

async function askOnTelegram() {
  const ann = studio.telegram.createUser();
  await ann.send(ann.chat, { text: 'a very large fox' });
  const card = await telegramCardWith(studio, ann.chat, 'Originals');
  telegramPress(ann, card, 'Originals');
  const file = await studio.telegram.waitForMessage(
    ann.chat,
    ({ content }) => content.document !== undefined,
    { timeoutMs: patienceMs },
  );
  expect(telegramSaid(studio, ann.chat).filter(({ content }) => content.document)).toHaveLength(1);
  const largest = card.content.photo?.at(-1);
  return { ann, file, photo: studio.telegram.fileBytes(largest?.file_id ?? '') };
}
