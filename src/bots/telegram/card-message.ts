import type { InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types';
import { type CardButton, type CardView, encodeButton } from '../../chat/index.js';
import { escapeHtml, inert, shorten } from './telegram-html.js';

/** The words of a card as Telegram's HTML, at most `maxLength` UTF-16 units once it is parsed. */
export function cardHtml(view: CardView, maxLength: number): string {
  const lines = shorten(inert(view.lines.join('\n')).trim(), Math.floor(maxLength * 0.8));
  const owner = shorten(inert(view.owner.name).trim(), 64);
  const signature = owner === '' ? '' : ` — ${owner}`;
  const rest = lines === '' ? signature : `${signature}\n${lines}`;
  const prompt = shorten(inert(view.prompt).trim(), maxLength - rest.length);
  if (prompt !== '') return `<b>${escapeHtml(prompt)}</b>${escapeHtml(rest)}`;
  return escapeHtml(lines === '' ? owner : owner === '' ? lines : `${owner}\n${lines}`);
}

export interface KeyboardOptions {
  /** False leaves out the buttons that belong to the pictures, where none are shown yet. */
  readonly pictureButtons: boolean;
}

/** Undefined where there is nothing to press: an edit without a keyboard takes the old one away. */
export function cardKeyboard(
  view: CardView,
  { pictureButtons }: KeyboardOptions,
): InlineKeyboardMarkup | undefined {
  return keyboardOf(
    view.buttons.map((row) => row.filter((button) => pictureButtons || !needsPicture(button))),
  );
}

/** Undefined where there is nothing to press. */
export function keyboardOf(buttons: CardView['buttons']): InlineKeyboardMarkup | undefined {
  const rows = buttons.filter((row) => row.length > 0).map((row) => row.map(keyboardButton));
  return rows.length === 0 ? undefined : { inline_keyboard: rows };
}

function needsPicture({ action }: CardButton): boolean {
  return action.kind === 'upscale' || action.kind === 'vary' || action.kind === 'originals';
}

function keyboardButton({ label, action, style }: CardButton): InlineKeyboardButton {
  const button = { text: label, callback_data: encodeButton(action) };
  return style === 'secondary' ? button : { ...button, style };
}
