import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '../../src/playground/discord/index.js';
import { makePicture } from '../support/pictures.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramCardWith,
  telegramWords,
} from '../support/studio-people.js';
import { makeZip } from '../support/zip.js';

let studio: Studio;
let pictures: Buffer[];
beforeAll(async () => {
  studio = await openStudio();
  await studio.start();
  pictures = await Promise.all(
    [64, 72, 80, 88, 96, 104].map((width) => makePicture(width, 64, 'jpeg')),
  );
});
afterEach(async () => {
  await expect
    .poll(() => studio.query('select key from updates where closed_at is null'), {
      timeout: 30_000,
    })
    .toEqual([]);
});
afterAll(() => studio.close());

const notAnImage = Buffer.from('these are only words');
const wait = { timeoutMs: patienceMs };

/** Six pictures, one encrypted, one of words, and what systems add. */
function holidays(): Buffer {
  return makeZip([
    ...pictures.map((bytes, index) => ({ name: `beach/${index + 1}.jpg`, bytes })),
    { name: 'beach/../7.jpg', bytes: pictures[0] ?? notAnImage, isEncrypted: true },
    { name: 'beach/../../8.jpg', bytes: notAnImage },
    { name: '__MACOSX/._1.jpg', bytes: notAnImage },
    { name: 'beach/.DS_Store', bytes: notAnImage },
  ]);
}

function numbersIn(text: string): string[] {
  return (text.match(/“[^”]+”/g) ?? []).sort();
}

async function tasksOfLastBatch(): Promise<unknown[]> {
  const rows = await studio.query(
    `select request from tasks where batch_id = (select id from batches order by created_at desc
     limit 1) order by ordinal`,
  );
  return rows.map(({ request }) => request);
}

describe('on Discord', () => {
  it('runs the good images of ten and names the bad ones on the card, after a restart too', async () => {
    const { channel, people } = openDiscordRoom(studio);
    const files = [...pictures, notAnImage, pictures[0]?.subarray(0, 100) ?? notAnImage];
    const options = Object.fromEntries(
      files.map((bytes, index) => [
        `image${index + 1}`,
        { name: `${index + 1}.jpg`, bytes, contentType: 'image/jpeg' },
      ]),
    );
    people[0]?.command(channel, 'batch', { prompt: 'in winter', ...options });
    const card = await discordCardWith(channel, 'Delete');
    expect(textOf(card)).toContain('6 done');
    expect(numbersIn(textOf(card))).toEqual(['“7.jpg”', '“8.jpg”']);
    expect(textOf(card)).toContain('is not an image');
    expect(textOf(card)).toContain('damaged or cut off');
    const [row] = await studio.query('select notes from batches order by created_at desc limit 1');
    expect(row?.notes).toHaveLength(2);
  });

  it('takes a zip', async () => {
    const { channel, people } = openDiscordRoom(studio);
    people[0]?.command(channel, 'batch', {
      prompt: 'in winter 3: at night',
      zip: { name: 'holidays.zip', bytes: holidays() },
    });
    const card = await discordCardWith(channel, 'Delete');
    expect(textOf(card)).toContain('6 done');
    expect(numbersIn(textOf(card))).toEqual(['“7.jpg”', '“8.jpg”']);
    expect(textOf(card)).toContain('encrypted');
  });

  it('asks by a form where no images came, and takes its files', async () => {
    const { channel, people } = openDiscordRoom(studio);
    const [ann] = people;
    const asked = ann?.command(channel, 'batch', { prompt: 'in winter', count: 2 });
    expect(await asked?.modal(wait)).toMatchObject({ title: 'Change several images' });
    if (!ann || !asked) throw new Error('nobody asked');
    ann.submitModal(asked, {
      images: pictures.slice(0, 3).map((bytes, index) => ({ name: `${index}.jpg`, bytes })),
      prompt: '1: a fox\n2: a hare\n3: a wolf',
    });
    const card = await discordCardWith(channel, 'Delete');
    expect(textOf(card)).toContain('3 done');
    expect(await tasksOfLastBatch()).toMatchObject([
      { prompt: 'a fox', count: 2 },
      { prompt: 'a hare', count: 2 },
      { prompt: 'a wolf', count: 2 },
    ]);
  });

  it('remixes the images of a message', async () => {
    const { channel, people } = openDiscordRoom(studio, 'ann', 'bob');
    const [ann, bob] = people;
    if (!ann || !bob) throw new Error('nobody is there');
    const message = ann.say(channel, {
      content: 'look',
      files: pictures.slice(0, 2).map((bytes, index) => ({
        ...{ name: `${index}.jpg`, bytes, contentType: 'image/jpeg' },
      })),
    });
    const asked = bob.messageCommand(message, 'Remix images');
    await asked.modal(wait);
    bob.submitModal(asked, { prompt: 'in winter' });
    const card = await discordCardWith(channel, 'Delete');
    expect(textOf(card)).toContain('2 done');
    const plain = ann.say(channel, { content: 'only words' });
    const refused = await bob.messageCommand(plain, 'Remix images').message(wait);
    expect(textOf(refused)).toContain('no images');
    expect(refused.ephemeralFor).toBe(bob.id);
  });

  it('says privately what is wrong where nothing is left to run', async () => {
    const { channel, people } = openDiscordRoom(studio);
    const [ann] = people;
    const asked = ann?.command(channel, 'batch', {
      prompt: 'in winter',
      zip: { name: 'broken.zip', bytes: holidays().subarray(0, 900) },
    });
    const answer = await asked?.message(wait);
    expect(answer && textOf(answer)).toContain('“broken.zip” is not a zip');
    expect(answer?.ephemeralFor).toBe(ann?.id);
  });
});

describe('on Telegram', () => {
  it('runs the good images of an album of documents and names the bad ones on the card', async () => {
    const ann = studio.telegram.createUser();
    const files = [...pictures, notAnImage, pictures[0]?.subarray(0, 100) ?? notAnImage];
    await ann.sendAlbum(
      ann.chat,
      files.map((bytes, index) => ({
        document: { bytes, name: `${index + 1}.jpg` },
        ...(index === 5 && { caption: 'in winter' }),
      })),
    );
    const card = await telegramCardWith(studio, ann.chat, 'Delete');
    expect(telegramWords(card)).toContain('6 done');
    expect(numbersIn(telegramWords(card))).toEqual(['“7.jpg”', '“8.jpg”']);
  });

  it('takes a zip with a caption, or answered with a prompt', async () => {
    const ann = studio.telegram.createUser();
    const document = { bytes: holidays(), name: 'holidays.zip' };
    await ann.send(ann.chat, { document, caption: 'in winter --strength 0.4' });
    const card = await telegramCardWith(studio, ann.chat, 'Delete');
    expect(telegramWords(card)).toContain('6 done');
    expect(numbersIn(telegramWords(card))).toEqual(['“7.jpg”', '“8.jpg”']);

    const bob = studio.telegram.createUser();
    const sent = await bob.send(bob.chat, { document });
    await studio.telegram.waitForMessage(
      bob.chat,
      ({ content }) => content.text?.includes('Add a caption') === true,
      wait,
    );
    await bob.send(bob.chat, { text: 'in winter', replyTo: sent });
    const second = await telegramCardWith(studio, bob.chat, 'Delete');
    expect(telegramWords(second)).toContain('6 done');
  });

  it('says how large a file Telegram hands to a bot', async () => {
    const ann = studio.telegram.createUser();
    const bytes = Buffer.alloc(21_000_000, 1);
    const document = { bytes, name: 'large.zip' };
    await ann.send(ann.chat, { document, caption: 'in winter' });
    const answer = await studio.telegram.waitForMessage(ann.chat, () => true, wait);
    expect(telegramWords(answer)).toContain('“large.zip” is larger than the 20 MB');
  });
});
