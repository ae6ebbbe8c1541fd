import { InputFile, InputMediaBuilder } from 'grammy';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makePicture } from '../../support/pictures.js';
import { useTelegramPlayground } from '../../support/telegram-bot.js';

describe('photos and documents on the Telegram playground', () => {
  const test = useTelegramPlayground({ limits: 'off' });

  async function startChat() {
    const ada = test.playground.createUser();
    await ada.send(ada.chat, { text: '/start' });
    return ada;
  }

  it("brings a person's photo with its caption, in sizes that can be downloaded", async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    await ada.send(ada.chat, {
      photo: await makePicture(1600, 900),
      caption: '/imagine@easel_bot a fox',
    });
    const [update] = await bot.api.getUpdates();
    const message = update?.message;
    expect(message).toMatchObject({
      caption: '/imagine@easel_bot a fox',
      caption_entities: [{ type: 'bot_command', offset: 0, length: 18 }],
    });
    expect(message?.photo?.map(({ width, height }) => [width, height])).toEqual([
      [90, 51],
      [320, 180],
      [800, 450],
      [1280, 720],
    ]);
    const largest = message?.photo?.at(-1);
    const file = await bot.api.getFile(largest?.file_id ?? '');
    const response = await fetch(`${playground.url}/file/bot${playground.token}/${file.file_path}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.length).toBe(largest?.file_size);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 1280 });
  });

  it('turns a text into a photo and counts its versions', async () => {
    const { playground, bot } = test;
    const ada = await startChat();
    const { message_id } = await bot.api.sendMessage(ada.chat.id, 'queued');
    await bot.api.editMessageText(ada.chat.id, message_id, 'running');
    const picture = new InputFile(await makePicture(512, 512), 'fox.png');
    const edited = await bot.api.editMessageMedia(
      ada.chat.id,
      message_id,
      InputMediaBuilder.photo(picture, { caption: '<i>done</i>', parse_mode: 'HTML' }),
    );
    expect(edited).toMatchObject({ message_id, caption: 'done', edit_date: expect.any(Number) });
    const card = await playground.waitForMessage(ada.chat);
    expect(card.versions.map(({ content }) => content.text ?? content.caption)).toEqual([
      'queued',
      'running',
      'done',
    ]);
    const fileId = card.content.photo?.at(-1)?.file_id ?? '';
    expect(await sharp(playground.fileBytes(fileId)).metadata()).toMatchObject({ width: 512 });
  });

  it('keeps a document byte for byte and names it as it was named', async () => {
    const { playground, bot } = test;
    const ada = await startChat();
    const bytes = await makePicture(20, 20);
    const { document } = await bot.api.sendDocument(
      ada.chat.id,
      new InputFile(bytes, 'original.png'),
    );
    expect(document).toMatchObject({ file_name: 'original.png', mime_type: 'image/png' });
    expect(playground.fileBytes(document.file_id)).toEqual(bytes);
  });

  it('sends a file again by its id, and a photo by the id of any of its sizes', async () => {
    const { bot } = test;
    const ada = await startChat();
    const first = await bot.api.sendPhoto(ada.chat.id, new InputFile(await makePicture(400, 300)));
    const again = await bot.api.sendPhoto(ada.chat.id, first.photo[0]?.file_id ?? '');
    expect(again.photo).toEqual(first.photo);
    await expect(
      bot.api.sendDocument(ada.chat.id, first.photo[0]?.file_id ?? ''),
    ).rejects.toMatchObject({
      description: "Bad Request: can't use file of type Photo as Document",
    });
  });

  it('sends an album as messages of one media group', async () => {
    const { playground, bot } = test;
    const ada = await startChat();
    const picture = await makePicture(64, 64);
    const album = await bot.api.sendMediaGroup(ada.chat.id, [
      InputMediaBuilder.photo(new InputFile(picture), { caption: 'four' }),
      InputMediaBuilder.photo(new InputFile(picture)),
    ]);
    const messages = playground.messages(ada.chat).slice(1);
    expect(album.map(({ message_id }) => message_id)).toEqual(messages.map(({ id }) => id));
    expect(new Set(messages.map(({ mediaGroupId }) => mediaGroupId)).size).toBe(1);
    expect(messages.map(({ content }) => content.caption)).toEqual(['four', undefined]);
  });

  it("brings a person's album as separate updates, in whatever order and however late", async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    const photo = await makePicture(64, 64);
    const beforeTheLast: number[] = [];
    const messages = await ada.sendAlbum(
      ada.chat,
      [{ photo, caption: 'in watercolour' }, { photo }, { photo }],
      {
        deliveryOrder: [2, 0, 1],
        between: async (place) => {
          if (place === 2) beforeTheLast.push((await bot.api.getUpdates()).length);
        },
      },
    );
    const updates = await bot.api.getUpdates();
    expect(beforeTheLast).toEqual([2]);
    expect(updates.map(({ message }) => message?.message_id)).toEqual(
      [2, 0, 1].map((index) => messages[index]?.id),
    );
    expect(new Set(updates.map(({ message }) => message?.media_group_id)).size).toBe(1);
    expect(updates.map(({ message }) => message?.caption)).toEqual([
      undefined,
      'in watercolour',
      undefined,
    ]);
  });

  it('gives out no file over 20 MB', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    const bytes = new Uint8Array(20 * 1024 * 1024 + 1);
    await ada.send(ada.chat, { document: { name: 'huge.bin', bytes } });
    const [update] = await bot.api.getUpdates();
    await expect(bot.api.getFile(update?.message?.document?.file_id ?? '')).rejects.toMatchObject({
      error_code: 400,
      description: 'Bad Request: file is too big',
    });
  });

  it('answers 404 for a file path that it never gave out, and 401 for another token', async () => {
    const { url, token } = test.playground;
    expect((await fetch(`${url}/file/bot${token}/photos/file_9.jpg`)).status).toBe(404);
    expect((await fetch(`${url}/file/bot1:other/photos/file_0.jpg`)).status).toBe(401);
  });

  it('leaves damaged bytes of a person as they are', async () => {
    const { playground } = test;
    const ada = playground.createUser();
    const whole = await makePicture(300, 200, 'jpeg');
    const damaged = whole.subarray(0, Math.floor(whole.length / 2));
    const message = await ada.send(ada.chat, { photo: damaged });
    const [size] = message.content.photo ?? [];
    expect(size).toMatchObject({ width: 300, height: 200 });
    expect(playground.fileBytes(size?.file_id ?? '')).toEqual(damaged);
  });

  it('copies a message with another caption', async () => {
    const { playground, bot } = test;
    const ada = await startChat();
    const sent = await bot.api.sendPhoto(ada.chat.id, new InputFile(await makePicture(64, 64)));
    const copy = await bot.api.copyMessage(ada.chat.id, ada.chat.id, sent.message_id, {
      caption: 'again',
    });
    const copied = playground.messages(ada.chat).find(({ id }) => id === copy.message_id);
    expect(copied?.content).toEqual({ photo: sent.photo, caption: 'again' });
  });
});
