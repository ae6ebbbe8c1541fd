import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '../../src/playground/discord/index.js';
import { makePicture } from '../support/pictures.js';
import { openStudio, type Studio } from '../support/studio.js';
import { openDiscordRoom, telegramSaid, telegramWords } from '../support/studio-people.js';

let studio: Studio;
let truncated: Buffer;
let immense: Buffer;
beforeAll(async () => {
  studio = await openStudio();
  await studio.start();
  const whole = await sharp({
    create: {
      width: 400,
      height: 300,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .jpeg()
    .toBuffer();
  truncated = whole.subarray(0, whole.length / 2);
  immense = await makePicture(10_000, 6000);
});
afterEach(async () => {
  expect(await studio.batchCount()).toBe(0);
  // A row is closed once the answer is in the chat.
  await expect
    .poll(() => studio.query('select key from updates where closed_at is null'))
    .toEqual([]);
});
afterAll(() => studio.close());

const pdf = Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj\n<< /Type /Catalog >>\nendobj\n');

/** What both platforms are asked, and words of the answer. */
const wrongWords: [string, string, RegExp][] = [
  ['an unknown flag', 'a fox --frobnicate 3', /no flag --frobnicate/],
  ['a misspelt flag', 'a fox --apsect 16:9', /Did you mean --aspect/],
  ['an aspect of nothing', 'a fox --ar 0:1', /“0:1” is not an aspect/],
  ['no images at all', 'a fox --n 0', /Count is 0/],
  ['ninety-nine images', 'a fox --n 99', /Count is 99/],
  ['a strength beyond all', 'a fox --strength 2', /Strength is 2/],
  ['flags and no prompt', '--ar 16:9', /prompt is empty/],
];

const wrongFiles: [string, string, () => Buffer, RegExp][] = [
  ['a PDF that is named .png', 'picture.png', () => pdf, /“picture.png”.*(not an image|PDF|pdf)/],
  ['an image of sixty megapixels', 'wall.png', () => immense, /60 million pixels; 50 million/],
  ['a JPEG that is cut off', 'half.jpg', () => truncated, /“half.jpg” is damaged or cut off/],
];

describe('on Discord', () => {
  /** The answer to the command: at once, and for nobody else's eyes. */
  async function refusalOf(options: Parameters<ReturnType<typeof ask>>[0]): Promise<string> {
    const { interaction, person } = ask()(options);
    const type = await interaction.answered();
    const message = await interaction.message();
    expect(message.ephemeralFor).toBe(person.id);
    expect(type).toBe(4);
    return textOf(message);
  }

  function ask() {
    const { channel, people } = openDiscordRoom(studio);
    const [person] = people;
    if (!person) throw new Error('nobody is there');
    return (options: Record<string, string | number | { name: string; bytes: Uint8Array }>) => ({
      person,
      interaction: person.command(channel, 'imagine', options),
    });
  }

  it.each(wrongWords)('says what is wrong with %s', async (_, prompt, words) => {
    expect(await refusalOf({ prompt })).toMatch(words);
  });

  it('says what is wrong with options, too', async () => {
    expect(await refusalOf({ prompt: 'a fox', aspect: '0:1' })).toMatch(/“0:1” is not an aspect/);
    expect(await refusalOf({ prompt: ' ' })).toMatch(/prompt is empty/);
  });

  it('says how long a prompt may be', async () => {
    expect(await refusalOf({ prompt: 'fox '.repeat(1500).trim() })).toMatch(
      /5,999 characters; 4,000 is the most/,
    );
  });

  it.each(wrongFiles)('says what is wrong with %s', async (_, name, bytes, words) => {
    expect(await refusalOf({ prompt: 'a fox', image: { name, bytes: bytes() } })).toMatch(words);
  });
});

describe('on Telegram', () => {
  async function refusalOf(
    content: Parameters<ReturnType<Studio['telegram']['createUser']>['send']>[1],
  ): Promise<string> {
    const ann = studio.telegram.createUser();
    const asked = await ann.send(ann.chat, content);
    const answer = await studio.telegram.waitForMessage(ann.chat);
    expect(answer.replyTo?.id).toBe(asked.id);
    expect(telegramSaid(studio, ann.chat)).toHaveLength(1);
    return telegramWords(answer);
  }

  it.each(wrongWords)('says what is wrong with %s', async (_, text, words) => {
    expect(await refusalOf({ text })).toMatch(words);
  });

  it('asks for a prompt where there is none', async () => {
    expect(await refusalOf({ text: '/imagine' })).toMatch(/prompt is empty/);
  });

  it('asks for words with a picture that has none', async () => {
    expect(await refusalOf({ photo: await makePicture(64, 64, 'jpeg') })).toMatch(/Add a caption/);
  });

  it.each(wrongFiles)('says what is wrong with %s', async (_, name, bytes, words) => {
    const document = { name, bytes: bytes() };
    expect(await refusalOf({ document, caption: 'a fox' })).toMatch(words);
  });
});
