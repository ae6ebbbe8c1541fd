import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../src/playground/telegram/index.js';
import { openStudio, type Studio } from '../support/studio.js';

let studio: Studio;
beforeEach(async () => {
  studio = await openStudio();
  await studio.start();
});
afterEach(() => studio.close());

const wordsOf = (message: StoredMessage) => message.content.text ?? message.content.caption ?? '';
const dataOf = (message: StoredMessage) =>
  (message.content.reply_markup?.inline_keyboard ?? []).flat().map((button) => button.text);

describe('Easel on Telegram', () => {
  it('turns plain text in private into an image, on one card', async () => {
    const ann = studio.telegram.createUser({ firstName: 'Ann' });
    await ann.send(ann.chat, { text: 'a red fox in the snow --n 4 --seed 7 --ar 3:2' });
    const done = await studio.telegram.waitForMessage(
      ann.chat,
      (message) => dataOf(message).includes('U1'),
      { timeoutMs: 60_000 },
    );
    expect(done.content.photo).toBeDefined();
    expect(wordsOf(done)).toMatch(/4 images · .*seed 7/);
    const bots = studio.telegram.messages(ann.chat).filter((message) => message.from.is_bot);
    expect(bots).toHaveLength(1);
  });

  it('gives a photo with a caption back changed, and still from that photo', async () => {
    const ann = studio.telegram.createUser({ firstName: 'Ann' });
    const photo = await sharp({
      create: { width: 640, height: 480, channels: 3, background: '#d03020' },
    })
      .jpeg()
      .toBuffer();
    await ann.send(ann.chat, { photo, caption: 'an oil painting --strength 0.4' });
    const done = await studio.telegram.waitForMessage(
      ann.chat,
      (message) => dataOf(message).includes('U1'),
      { timeoutMs: 60_000 },
    );
    const largest = done.content.photo?.at(-1);
    const result = await sharp(studio.telegram.fileBytes(largest?.file_id ?? '')).stats();
    const [red, , blue] = result.channels.map(({ mean }) => mean);
    expect(red).toBeGreaterThan((blue ?? 255) + 30);
  });

  it('stops the run of a card whose Cancel was pressed', async () => {
    const ann = studio.telegram.createUser({ firstName: 'Ann' });
    await ann.send(ann.chat, { text: '/imagine a city at night --n 4' });
    const card = await studio.telegram.waitForMessage(ann.chat, (message) =>
      dataOf(message).includes('Cancel'),
    );
    const button = (card.content.reply_markup?.inline_keyboard ?? []).flat()[0];
    if (!button || !('callback_data' in button)) throw new Error('no button');
    ann.press(card, button.callback_data);
    await studio.telegram.waitForMessage(ann.chat, (message) =>
      /cancelled/i.test(wordsOf(message)),
    );
  });
});
