import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/playground/telegram/index.js';
import {
  hasTelegramSpecification,
  judgeTelegramExchange,
  judgeTelegramUpdate,
} from './telegram-specification.js';

function exchange(method: string, parameters: Record<string, unknown>, result: unknown): Exchange {
  return {
    method,
    parameters,
    encoding: 'json',
    files: {},
    startedAtMs: 0,
    endedAtMs: 0,
    status: 200,
    answer: { ok: true, result },
    fault: undefined,
  };
}

const chat = { id: 7, type: 'private', first_name: 'Ada' };
const message = { message_id: 1, date: 1_700_000_000, chat, text: 'hello' };
const keyboard = (button: object) => ({
  chat_id: 7,
  text: 'hello',
  reply_markup: { inline_keyboard: [[button]] },
});

describe.skipIf(!hasTelegramSpecification)("the judge by Telegram's specification", () => {
  it('has nothing against a proper request and its answer', () => {
    const parameters = keyboard({ text: 'go', callback_data: 'go' });
    expect(judgeTelegramExchange(exchange('sendMessage', parameters, message))).toEqual([]);
  });

  it.each([
    ['an unknown method', exchange('sendFox', {}, true), 'sendFox: no such method'],
    [
      'an unknown parameter',
      exchange('sendMessage', { chat_id: 7, text: 'a', reply_to_message_id: 1 }, message),
      'sendMessage.reply_to_message_id: no such parameter',
    ],
    [
      'a missing parameter',
      exchange('sendMessage', { chat_id: 7 }, message),
      'sendMessage.text: missing',
    ],
    [
      'a parameter of the wrong type',
      exchange('sendMessage', { chat_id: 7, text: 42 }, message),
      'sendMessage.text: 42 is no String',
    ],
    [
      'an unknown member deep in a parameter',
      exchange(
        'sendMessage',
        keyboard({ text: 'go', callback_data: 'go', colour: 'red' }),
        message,
      ),
      'sendMessage.reply_markup.inline_keyboard[0][0] (InlineKeyboardButton): unknown member colour',
    ],
    [
      'a member missing deep in a result',
      exchange('sendMessage', { chat_id: 7, text: 'a' }, { ...message, chat: { id: 7 } }),
      'sendMessage result.chat.type: missing in Chat',
    ],
    [
      'a subtype with a member of another',
      exchange(
        'getChatMember',
        { chat_id: 7, user_id: 7 },
        {
          status: 'member',
          user: { id: 7, is_bot: false, first_name: 'Ada' },
          is_anonymous: false,
        },
      ),
      'getChatMember result (ChatMemberMember): unknown member is_anonymous',
    ],
    [
      'a reference to an upload that is not there',
      exchange('sendPhoto', { chat_id: 7, photo: 'attach://fox' }, message),
      'sendPhoto: attach://fox was not uploaded',
    ],
    [
      'an item in an album that no album takes',
      exchange(
        'sendMediaGroup',
        {
          chat_id: 7,
          media: [
            { type: 'photo', media: 'id', colour: 'red' },
            { type: 'video', media: 'id' },
          ],
        },
        [message],
      ),
      'sendMediaGroup.media[0] (InputMediaPhoto): unknown member colour',
    ],
  ])('refuses %s', (_, judged, violation) => {
    expect(judgeTelegramExchange(judged)).toEqual([violation]);
  });

  it('reads the text of a form by the types that it stands for', () => {
    const form: Exchange = {
      ...exchange('sendMessage', { ...keyboard({ text: 'go', callback_data: 'go' }) }, message),
      encoding: 'multipart',
    };
    const texts = { ...form.parameters, chat_id: '7', disable_notification: 'true' };
    const reply_markup = JSON.stringify(form.parameters.reply_markup);
    expect(judgeTelegramExchange({ ...form, parameters: { ...texts, reply_markup } })).toEqual([]);
    expect(
      judgeTelegramExchange({
        ...form,
        parameters: { ...texts, reply_markup, message_thread_id: 'x' },
      }),
    ).toEqual(['sendMessage.message_thread_id: "x" is no Integer']);
  });

  it('refuses an answer whose status is not its error code', () => {
    const answer = { ok: false as const, error_code: 400, description: 'Bad Request: no' };
    expect(
      judgeTelegramExchange({ ...exchange('getMe', {}, undefined), status: 500, answer }),
    ).toEqual(['getMe: error 400, status 500']);
  });

  it('judges updates to the bottom', () => {
    expect(judgeTelegramUpdate({ update_id: 1, message } as never)).toEqual([]);
    expect(
      judgeTelegramUpdate({ update_id: 1, message: { ...message, colour: 'red' } } as never),
    ).toEqual(['Update.message (Message): unknown member colour']);
    expect(judgeTelegramUpdate({ update_id: 1 } as never)).toEqual(['Update 1: 0 kinds at once']);
  });
});
