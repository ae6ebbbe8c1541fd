import type { InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types';
import { badRequest } from './api-error.js';
import { isObject, type Parameters } from './parameters.js';

/** A message's reply markup; only an inline keyboard is shown in the message itself. */
export interface ReplyMarkup {
  readonly inline?: InlineKeyboardMarkup;
  /** Whether it is another kind, with which Telegram lets no message be edited later. */
  readonly isOther: boolean;
}

const maxCallbackDataBytes = 64;
const maxButtons = 100;
const actions = [
  'url',
  'callback_data',
  'web_app',
  'login_url',
  'switch_inline_query',
  'switch_inline_query_current_chat',
  'switch_inline_query_chosen_chat',
  'copy_text',
  'callback_game',
  'pay',
];

export function readReplyMarkup(parameters: Parameters): ReplyMarkup {
  const markup = parameters.structure('reply_markup');
  if (markup === undefined) return { isOther: false };
  if (!isObject(markup)) throw badRequest('object expected as reply markup');
  if (!('inline_keyboard' in markup)) {
    checkForceReply(markup);
    return { isOther: true };
  }
  const rows = markup.inline_keyboard;
  if (!Array.isArray(rows)) {
    throw badRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array');
  }
  const keyboard = rows
    .map((row: unknown) => {
      if (!Array.isArray(row)) {
        throw badRequest(
          'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        );
      }
      return row.map(readButton);
    })
    .filter((row) => row.length > 0);
  if (keyboard.flat().length > maxButtons) throw badRequest('REPLY_MARKUP_TOO_LONG');
  // An empty keyboard takes the buttons away.
  if (keyboard.length === 0) return { isOther: false };
  return { inline: { inline_keyboard: keyboard }, isOther: false };
}

/** core.telegram.org/bots/api#forcereply; keyboards of other kinds are not looked into. */
function checkForceReply(markup: Record<string, unknown>): void {
  if (!('force_reply' in markup)) return;
  const { force_reply: isForced, input_field_placeholder: placeholder, selective } = markup;
  if (typeof isForced !== 'boolean') {
    throw badRequest('Field "force_reply" must be of type Boolean');
  }
  if (selective !== undefined && typeof selective !== 'boolean') {
    throw badRequest('Field "selective" must be of type Boolean');
  }
  const isPlaceholder =
    typeof placeholder === 'string' && placeholder.length >= 1 && placeholder.length <= 64;
  if (placeholder !== undefined && !isPlaceholder) {
    throw badRequest('input field placeholder must be 1-64 characters long');
  }
}

function readButton(button: unknown): InlineKeyboardButton {
  const refuse = (reason: string) => badRequest(`can't parse inline keyboard button: ${reason}`);
  if (!isObject(button)) throw refuse('expected an Object');
  if (typeof button.text !== 'string') throw refuse('Field "text" must be of type String');
  if (button.text === '') throw badRequest('BUTTON_TEXT_INVALID');
  if (!actions.some((action) => action in button)) {
    throw refuse('Text buttons are unallowed in the inline keyboard');
  }
  if ('callback_data' in button) {
    const data = button.callback_data;
    if (typeof data !== 'string') throw refuse('Field "callback_data" must be of type String');
    const bytes = Buffer.byteLength(data);
    if (bytes < 1 || bytes > maxCallbackDataBytes) throw badRequest('BUTTON_DATA_INVALID');
  }
  if (
    'url' in button &&
    !/^(https?:\/\/[^\s]+|tg:\/\/[^\s]+|[^\s/]+\.[^\s]+)$/.test(String(button.url))
  ) {
    throw badRequest('BUTTON_URL_INVALID');
  }
  return button as unknown as InlineKeyboardButton;
}
