import { type Api, InputFile, InputMediaBuilder } from 'grammy';
import { describe, expect, it } from 'vitest';
import type { Person } from '../../../src/playground/telegram/index.js';
import { makeNoise, makePicture } from '../../support/pictures.js';
import { useTelegramPlayground } from '../../support/telegram-bot.js';
import { hasTelegramSpecification } from '../../support/telegram-specification.js';

interface Scene {
  readonly api: Api;
  readonly ada: Person;
  /** The private chat with Ada. */
  readonly chat: number;
  /** A text of the bot in it. */
  readonly own: number;
}

type Attempt = (scene: Scene) => Promise<unknown>;

const photo = async (width: number, height: number) =>
  new InputFile(await makePicture(width, height), 'picture.png');
const button = (data: string) => ({
  reply_markup: { inline_keyboard: [[{ text: 'go', callback_data: data }]] },
});

const refusals: ReadonlyArray<
  readonly [what: string, description: string | RegExp, attempt: Attempt]
> = [
  ['an empty text', 'message text is empty', ({ api, chat }) => api.sendMessage(chat, '')],
  [
    'a text of nothing but blanks and markup',
    'message text is empty',
    ({ api, chat }) => api.sendMessage(chat, ' <b> </b>\n', { parse_mode: 'HTML' }),
  ],
  [
    'a text of more than 4096 UTF-16 units',
    'message is too long',
    ({ api, chat }) => api.sendMessage(chat, '🦊'.repeat(2049)),
  ],
  [
    'an edit to more than 4096 UTF-16 units',
    'MESSAGE_TOO_LONG',
    ({ api, chat, own }) => api.editMessageText(chat, own, 'x'.repeat(4097)),
  ],
  [
    'a caption of more than 1024 UTF-16 units',
    'message caption is too long',
    async ({ api, chat }) =>
      api.sendPhoto(chat, await photo(64, 64), { caption: 'x'.repeat(1025) }),
  ],
  [
    'callback data of more than 64 bytes',
    'BUTTON_DATA_INVALID',
    ({ api, chat }) => api.sendMessage(chat, 'card', button('é'.repeat(33))),
  ],
  [
    'a button without an action',
    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ({ api, chat }) =>
      api.sendMessage(chat, 'card', {
        reply_markup: { inline_keyboard: [[{ text: 'go' } as never]] },
      }),
  ],
  [
    'unclosed markup',
    'can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
    ({ api, chat }) => api.sendMessage(chat, 'a <b>fox', { parse_mode: 'HTML' }),
  ],
  [
    'an unknown parse mode',
    'unsupported parse_mode',
    ({ api, chat }) => api.sendMessage(chat, 'fox', { parse_mode: 'BBCode' as never }),
  ],
  [
    'a photo over 10 MB',
    /^Bad Request: file of size \d{8} bytes is too big for a photo; the maximum size is 10485760 bytes$/,
    async ({ api, chat }) => api.sendPhoto(chat, new InputFile(await makeNoise(2000, 1800))),
  ],
  [
    'a photo whose sides are over 10000 together',
    'PHOTO_INVALID_DIMENSIONS',
    async ({ api, chat }) => api.sendPhoto(chat, await photo(9000, 1001)),
  ],
  [
    'a photo more than twenty times as wide as high',
    'PHOTO_INVALID_DIMENSIONS',
    async ({ api, chat }) => api.sendPhoto(chat, await photo(2100, 100)),
  ],
  [
    'bytes that are no picture',
    'IMAGE_PROCESS_FAILED',
    ({ api, chat }) => api.sendPhoto(chat, new InputFile(Buffer.from('%PDF-1.7'), 'fox.png')),
  ],
  [
    'a picture that is cut off',
    'IMAGE_PROCESS_FAILED',
    async ({ api, chat }) => {
      const bytes = await makePicture(300, 300, 'jpeg');
      return api.sendPhoto(chat, new InputFile(bytes.subarray(0, bytes.length / 2)));
    },
  ],
  [
    'a file id that nobody gave out',
    'wrong remote file identifier specified: Wrong string length',
    ({ api, chat }) => api.sendPhoto(chat, 'AgACAgIAAxkBAAnothing'),
  ],
  [
    'an album of one',
    'media group must include 2-10 items',
    async ({ api, chat }) =>
      api.sendMediaGroup(chat, [InputMediaBuilder.photo(await photo(64, 64))]),
  ],
  [
    'an album of eleven',
    'too many messages to send as an album',
    async ({ api, chat }) => {
      const { photo: sizes } = await api.sendPhoto(chat, await photo(64, 64));
      const item = InputMediaBuilder.photo(sizes[0]?.file_id ?? '');
      return api.sendMediaGroup(chat, new Array<typeof item>(11).fill(item));
    },
  ],
  [
    'an album of photos and documents',
    "document can't be mixed with other media types",
    async ({ api, chat }) =>
      api.sendMediaGroup(chat, [
        InputMediaBuilder.photo(await photo(64, 64)),
        InputMediaBuilder.document(await photo(64, 64)) as never,
      ]),
  ],
  [
    'an album with a picture out of shape, by its place',
    'failed to send message #2 with the error message "PHOTO_INVALID_DIMENSIONS"',
    async ({ api, chat }) =>
      api.sendMediaGroup(chat, [
        InputMediaBuilder.photo(await photo(64, 64)),
        InputMediaBuilder.photo(await photo(2100, 100)),
      ]),
  ],
  [
    'an edit that changes nothing',
    'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    ({ api, chat, own }) => api.editMessageText(chat, own, '<b></b>card', { parse_mode: 'HTML' }),
  ],
  [
    'an edit of a deleted message',
    'message to edit not found',
    async ({ api, chat, own }) => {
      await api.deleteMessage(chat, own);
      return api.editMessageText(chat, own, 'done');
    },
  ],
  [
    "an edit of somebody else's message",
    "message can't be edited",
    async ({ api, ada, chat }) => {
      const { id } = await ada.send(ada.chat, { text: 'mine' });
      return api.editMessageText(chat, id, 'yours');
    },
  ],
  [
    'a caption for a text',
    'there is no caption in the message to edit',
    ({ api, chat, own }) => api.editMessageCaption(chat, own, { caption: 'done' }),
  ],
  [
    'a text for a photo',
    'there is no text in the message to edit',
    async ({ api, chat }) => {
      const { message_id } = await api.sendPhoto(chat, await photo(64, 64));
      return api.editMessageText(chat, message_id, 'done');
    },
  ],
  [
    'a deletion of nothing',
    'message to delete not found',
    ({ api, chat }) => api.deleteMessage(chat, 4711),
  ],
  ['a chat that nobody knows', 'chat not found', ({ api }) => api.sendMessage(12345, 'hello')],
  [
    'a topic that is not there',
    'message thread not found',
    ({ api, chat }) => api.sendMessage(chat, 'hello', { message_thread_id: 77 }),
  ],
  [
    'a reply to nothing',
    'message to be replied not found',
    ({ api, chat }) => api.sendMessage(chat, 'hello', { reply_parameters: { message_id: 4711 } }),
  ],
  [
    'an answer to a query that nobody asked',
    'query is too old and response timeout expired or query ID is invalid',
    ({ api }) => api.answerCallbackQuery('1234567890'),
  ],
  [
    'a command with capitals',
    'BOT_COMMAND_INVALID',
    ({ api }) => api.setMyCommands([{ command: 'Imagine', description: 'makes' }]),
  ],
  [
    'more than 100 commands',
    'BOT_COMMANDS_TOO_MUCH',
    ({ api }) =>
      api.setMyCommands(
        Array.from({ length: 101 }, (_, n) => ({ command: `c${n}`, description: 'makes' })),
      ),
  ],
  [
    'an unknown chat action',
    'wrong parameter action in request',
    ({ api, chat }) => api.sendChatAction(chat, 'painting' as never),
  ],
  [
    'a reaction that is none',
    'REACTION_INVALID',
    ({ api, chat, own }) =>
      api.setMessageReaction(chat, own, [{ type: 'emoji', emoji: '🦊' as never }]),
  ],
];

describe('what the Telegram playground refuses, as Telegram does', () => {
  const test = useTelegramPlayground({ limits: 'off' });

  it.each(refusals)('refuses %s', async (_, description, attempt) => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    await ada.send(ada.chat, { text: '/start' });
    const { message_id } = await bot.api.sendMessage(ada.chat.id, 'card');
    const before = playground.messages(ada.chat).length;
    await expect(
      attempt({ api: bot.api, ada, chat: ada.chat.id, own: message_id }),
    ).rejects.toMatchObject({
      error_code: 400,
      description:
        typeof description === 'string'
          ? `Bad Request: ${description}`
          : expect.stringMatching(description),
    });
    expect(playground.messages(ada.chat).length - before).toBeLessThanOrEqual(1);
  });

  it('refuses a document over 50 MB with 413', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    await ada.send(ada.chat, { text: '/start' });
    const bytes = new Uint8Array(50 * 1024 * 1024 + 1);
    await expect(bot.api.sendDocument(ada.chat.id, new InputFile(bytes))).rejects.toMatchObject({
      error_code: 413,
      description: 'Request Entity Too Large',
    });
  });

  it('refuses to write to somebody who blocked the bot, until unblocked', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    await ada.send(ada.chat, { text: '/start' });
    ada.block();
    await expect(bot.api.sendMessage(ada.chat.id, 'hello')).rejects.toMatchObject({
      error_code: 403,
      description: 'Forbidden: bot was blocked by the user',
    });
    ada.unblock();
    await bot.api.sendMessage(ada.chat.id, 'hello');
  });

  it('refuses a wrong token with 401 and an unknown method with 404', async () => {
    const { url, token } = test.playground;
    const wrong = await fetch(`${url}/bot123:wrong/getMe`);
    expect([wrong.status, await wrong.json()]).toEqual([
      401,
      { ok: false, error_code: 401, description: 'Unauthorized' },
    ]);
    const unknown = await fetch(`${url}/bot${token}/sendFox`, { method: 'POST' });
    expect([unknown.status, await unknown.json()]).toEqual([
      404,
      { ok: false, error_code: 404, description: 'Not Found' },
    ]);
    if (hasTelegramSpecification) expect(test.violations).toEqual(['sendFox: no such method']);
    test.violations = [];
  });

  it('takes parameters from a query, a form and JSON alike', async () => {
    const { playground } = test;
    const ada = playground.createUser();
    await ada.send(ada.chat, { text: '/start' });
    const url = `${playground.url}/bot${playground.token}/sendMessage`;
    const parameters = { chat_id: String(ada.chat.id), text: 'fox & hen' };
    const form = new FormData();
    for (const [name, value] of Object.entries(parameters)) form.set(name, value);
    const answers = await Promise.all([
      fetch(`${url}?${new URLSearchParams(parameters)}`),
      fetch(url, { method: 'POST', body: new URLSearchParams(parameters) }),
      fetch(url, { method: 'POST', body: form }),
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(parameters),
      }),
    ]);
    for (const answer of answers) {
      expect(await answer.json()).toMatchObject({ ok: true, result: { text: 'fox & hen' } });
    }
  });
});
