import { readUserWords } from '../../chat/index.js';

/** What Telegram takes, in UTF-16 units after its markup was read (core.telegram.org/bots/api#sendmessage). */
export const maxTextLength = 4096;
export const maxCaptionLength = 1024;

/** Plain text as Telegram's HTML (core.telegram.org/bots/api#html-style). */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * The same words, pinging nobody: Telegram makes a mention of every `@name` that a bot sends, marked
 * up or not, unless something stands between the two. A zero-width space does.
 */
export function withoutMentions(text: string): string {
  return text.replace(/(?<![A-Za-z0-9_])@(?=[A-Za-z0-9_])/g, '@\u200b');
}

/**
 * What somebody wrote, for a message of the bot's own: no mention, no command that a tap would send
 * in the name of whoever reads it, no hashtag or cashtag (core.telegram.org/api/entities). An address
 * leads where it says, and stays one.
 */
export function inert(text: string): string {
  return withoutMentions(readUserWords(text))
    .replace(/(?<![\w/<>@:.])\/(?=\w)/g, '/\u200b')
    .replace(/(?<![\p{L}\p{N}_#/&?=])(#(?=[\p{N}_]*\p{L})|\$(?=[A-Z]))/gu, '$1\u200b');
}

/** An answer of the bot's own, whose commands work, with what users wrote in it, which does nothing. */
export function spoken(text: string): string {
  return withoutMentions(readUserWords(text, inert));
}

/** At most `maxLength` UTF-16 units, cut between what people see as characters, and marked as cut. */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  if (maxLength < 1) return '';
  let end = 0;
  const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const { index, segment } of characters.segment(text.slice(0, maxLength + 64))) {
    if (index + segment.length > maxLength - 1) break;
    end = index + segment.length;
  }
  return `${text.slice(0, end).trimEnd()}…`;
}
