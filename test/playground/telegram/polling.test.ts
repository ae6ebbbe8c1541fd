import { Bot, InputFile } from 'grammy';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createTelegramPlayground,
  type TelegramPlayground,
} from '../../../src/playground/telegram/index.js';

describe('a grammY bot on the Telegram playground', () => {
  let playground: TelegramPlayground;
  let bot: Bot;

  beforeEach(async () => {
    playground = await createTelegramPlayground();
    bot = new Bot(playground.token, { client: { apiRoot: playground.url } });
  });
  afterEach(async () => {
    await bot.stop();
    await playground.close();
  });

  it('answers a command', async () => {
    const ada = playground.createUser({ firstName: 'Ada', languageCode: 'en' });
    bot.command('imagine', (context) =>
      context.reply(`<b>${context.match}</b>`, { parse_mode: 'HTML' }),
    );
    void bot.start();
    await ada.send(ada.chat, { text: '/imagine a red fox' });
    const reply = await playground.waitForMessage(ada.chat);
    expect(reply.content).toMatchObject({
      text: 'a red fox',
      entities: [{ type: 'bold', offset: 0, length: 9 }],
    });
  });

  it('turns a text into a photo', async () => {
    const ada = playground.createUser();
    const picture = await sharp({
      create: { width: 1500, height: 500, channels: 3, background: 'red' },
    })
      .png()
      .toBuffer();
    bot.on('message', async (context) => {
      const card = await context.reply('queued');
      await context.api.editMessageMedia(card.chat.id, card.message_id, {
        type: 'photo',
        media: new InputFile(picture, 'fox.png'),
        caption: 'done',
      });
    });
    void bot.start();
    await ada.send(ada.chat, { text: 'hello' });
    const card = await playground.waitForMessage(
      ada.chat,
      ({ content }) => content.photo !== undefined,
    );
    expect(card.versions.map(({ content }) => content.text ?? content.caption)).toEqual([
      'queued',
      'done',
    ]);
    expect(card.content.photo?.map(({ width, height }) => [width, height])).toEqual([
      [90, 30],
      [320, 107],
      [800, 267],
      [1280, 427],
    ]);
  });
});
