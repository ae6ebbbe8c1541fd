import type { MessageEntity } from 'grammy/types';

type Detected = Extract<
  MessageEntity['type'],
  'bot_command' | 'mention' | 'hashtag' | 'url' | 'email'
>;

const patterns: ReadonlyArray<readonly [Detected, RegExp]> = [
  ['url', /\bhttps?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/giu],
  ['email', /(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu],
  ['url', /(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|me|ai)\b(?:\/[^\s<>"]*)?/giu],
  ['bot_command', /(?<![\p{L}\p{N}_/<>@])\/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?(?![\w/@])/gu],
  ['mention', /(?<![\p{L}\p{N}_@/])@[A-Za-z]\w{3,31}(?![\w@])/gu],
  ['hashtag', /(?<![\p{L}\p{N}_#])#(?=[\p{N}_]*\p{L})[\p{L}\p{N}_]{1,256}(?![\p{L}\p{N}_#])/gu],
];

/**
 * The entities which Telegram finds in plain text by itself, outside of those that markup made.
 * A command in the first place is what makes a message a command for a client library.
 */
export function detectEntities(text: string, marked: readonly MessageEntity[]): MessageEntity[] {
  // Words of another style may hold a link; code and links may not.
  const closed = marked.filter(({ type }) => ['code', 'pre', 'text_link'].includes(type));
  const found: MessageEntity[] = [];
  for (const [type, pattern] of patterns) {
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length };
      if (![...closed, ...found].some((other) => overlap(entity, other))) found.push(entity);
    }
  }
  return found;
}

interface Span {
  readonly offset: number;
  readonly length: number;
}

function overlap(one: Span, other: Span): boolean {
  return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
}
