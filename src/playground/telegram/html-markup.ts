import type { MessageEntity } from 'grammy/types';
import { badRequest } from './api-error.js';

/** Text without its markup, and where the markup was. Offsets and lengths in UTF-16 code units. */
export interface FormattedText {
  readonly text: string;
  readonly entities: MessageEntity[];
}

interface OpenTag {
  readonly name: string;
  readonly argument: string;
  readonly offset: number;
}

const simpleTags: Readonly<Record<string, MessageEntity['type']>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  span: 'spoiler',
  'tg-spoiler': 'spoiler',
};
const otherTags = new Set(['a', 'code', 'pre', 'blockquote', 'tg-emoji']);
const namedCharacters: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
};

/**
 * Telegram's HTML style (core.telegram.org/bots/api#html-style). Throws 400
 * `can't parse entities: …` with the wording and byte offsets of the real server.
 */
export function parseHtml(html: string): FormattedText {
  const open: OpenTag[] = [];
  const entities: MessageEntity[] = [];
  let text = '';
  let at = 0;
  while (at < html.length) {
    const character = html[at];
    if (character === '&') {
      const decoded = decodeCharacter(html, at);
      text += decoded.text;
      at = decoded.end;
    } else if (character !== '<') {
      text += character;
      at += 1;
    } else if (html[at + 1] === '/') {
      at = readEndTag(html, at, open, text, entities);
    } else {
      const tag = readStartTag(html, at);
      open.push({ name: tag.name, argument: tag.argument, offset: text.length });
      at = tag.end;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed) {
    throw unparsable(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
  }
  return { text, entities };
}

function unparsable(reason: string): Error {
  return badRequest(`can't parse entities: ${reason}`);
}

function atByte(html: string, position: number): string {
  return `at byte offset ${Buffer.byteLength(html.slice(0, position))}`;
}

/** Anything that Telegram does not know stays as it is typed, the ampersand included. */
function decodeCharacter(html: string, at: number): { text: string; end: number } {
  const match = /^&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));?/i.exec(html.slice(at, at + 12));
  const [whole = '&', hex, decimal, name = ''] = match ?? [];
  const code = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : 0;
  if (code > 0 && code <= 0x10ffff) {
    return { text: String.fromCodePoint(code), end: at + whole.length };
  }
  const named = namedCharacters[name];
  return named ? { text: named, end: at + whole.length } : { text: '&', end: at + 1 };
}

function readStartTag(html: string, start: number) {
  const name = (/^[^\s>]*/.exec(html.slice(start + 1))?.[0] ?? '').toLowerCase();
  let at = start + 1 + name.length;
  if (at >= html.length) throw unparsable(`Unclosed start tag ${atByte(html, start)}`);
  if (!(name in simpleTags) && !otherTags.has(name)) {
    throw unparsable(`Unsupported start tag "${name}" ${atByte(html, start)}`);
  }
  let argument = '';
  for (;;) {
    while (/\s/.test(html[at] ?? '')) at += 1;
    if (at >= html.length) throw unparsable(`Unclosed start tag ${atByte(html, start)}`);
    if (html[at] === '>') break;
    const attribute = readAttribute(html, at, name, start);
    argument = meaningOf(name, attribute.name, attribute.value) ?? argument;
    at = attribute.end;
  }
  if (name === 'span' && argument !== 'tg-spoiler') {
    throw unparsable(`Tag "span" must have class "tg-spoiler" ${atByte(html, start)}`);
  }
  return { name, argument, end: at + 1 };
}

function readAttribute(html: string, begin: number, tag: string, tagStart: number) {
  const name = /^[^\s=>]*/.exec(html.slice(begin))?.[0] ?? '';
  if (name === '') {
    throw unparsable(`Empty attribute name in the tag "${tag}" ${atByte(html, begin)}`);
  }
  let at = begin + name.length;
  while (/\s/.test(html[at] ?? '')) at += 1;
  if (html[at] !== '=') {
    // `<blockquote expandable>` is the one attribute that stands without a value.
    if (tag === 'blockquote' && name === 'expandable') return { name, value: '', end: at };
    throw unparsable(
      `Expected equal sign in declaration of an attribute of the tag "${tag}" ${atByte(html, begin)}`,
    );
  }
  at += 1;
  while (/\s/.test(html[at] ?? '')) at += 1;
  const quote = html[at];
  if (quote !== '"' && quote !== "'") {
    const bare = /^[\w.-]*/.exec(html.slice(at))?.[0] ?? '';
    const end = at + bare.length;
    if (!/[\s>]/.test(html[end] ?? '')) {
      throw unparsable(`Unexpected end of name token ${atByte(html, at)}`);
    }
    return { name: name.toLowerCase(), value: bare, end };
  }
  const close = html.indexOf(quote, at + 1);
  if (close < 0) throw unparsable(`Unclosed start tag ${atByte(html, tagStart)}`);
  const value = decodeAll(html.slice(at + 1, close));
  return { name: name.toLowerCase(), value, end: close + 1 };
}

function decodeAll(html: string): string {
  return html.replace(/&[#\w]+;?/g, (part) => {
    const decoded = decodeCharacter(part, 0);
    return decoded.text + part.slice(decoded.end);
  });
}

/** What an attribute says about its tag's entity; absent where Telegram ignores it. */
function meaningOf(tag: string, attribute: string, value: string): string | undefined {
  if (tag === 'a' && attribute === 'href') return value;
  if (tag === 'code' && attribute === 'class' && value.startsWith('language-')) {
    return value.slice('language-'.length);
  }
  if (tag === 'span' && attribute === 'class') return value;
  if (tag === 'tg-emoji' && attribute === 'emoji-id') return value;
  if (tag === 'blockquote' && attribute === 'expandable') return 'expandable';
  return undefined;
}

function readEndTag(
  html: string,
  start: number,
  open: OpenTag[],
  text: string,
  entities: MessageEntity[],
): number {
  const tag = open.pop();
  if (!tag) throw unparsable(`Unexpected end tag ${atByte(html, start)}`);
  const close = html.indexOf('>', start);
  if (close < 0) throw unparsable(`Unclosed end tag ${atByte(html, start)}`);
  const name = html
    .slice(start + 2, close)
    .trim()
    .toLowerCase();
  if (name !== '' && name !== tag.name) {
    throw unparsable(
      `Unmatched end tag ${atByte(html, start)}, expected "</${tag.name}>", found "</${name}>"`,
    );
  }
  const length = text.length - tag.offset;
  if (length > 0) addEntity(tag, text, length, entities);
  return close + 1;
}

function addEntity(tag: OpenTag, text: string, length: number, entities: MessageEntity[]): void {
  const place = { offset: tag.offset, length };
  const simple = simpleTags[tag.name];
  if (simple) {
    entities.push({ type: simple, ...place } as MessageEntity);
  } else if (tag.name === 'a') {
    const url = tag.argument || text.slice(tag.offset);
    // Telegram leaves the words of an address that it does not take, without a link.
    if (/^(https?:\/\/|tg:\/\/|mailto:)?[^\s]+\.?[^\s]*$/.test(url)) {
      const complete = /^[a-z]+:/i.test(url) ? url : `http://${url}`;
      entities.push({ type: 'text_link', ...place, url: complete });
    }
  } else if (tag.name === 'blockquote') {
    const type = tag.argument === 'expandable' ? 'expandable_blockquote' : 'blockquote';
    entities.push({ type, ...place });
  } else if (tag.name === 'tg-emoji') {
    entities.push({ type: 'custom_emoji', ...place, custom_emoji_id: tag.argument });
  } else {
    addCode(tag, place, entities);
  }
}

/** `<pre><code class="language-x">` around the same words is one block with a language. */
function addCode(
  tag: OpenTag,
  place: { offset: number; length: number },
  entities: MessageEntity[],
): void {
  const inner = entities.at(-1);
  const same = inner && inner.offset === place.offset && inner.length === place.length;
  if (tag.name === 'pre' && same && inner.type === 'code') {
    entities.pop();
    const language = 'language' in inner ? String(inner.language) : '';
    entities.push({ type: 'pre', ...place, ...(language && { language }) });
  } else if (tag.name === 'pre') {
    entities.push({ type: 'pre', ...place });
  } else {
    entities.push({ type: 'code', ...place, ...(tag.argument && { language: tag.argument }) });
  }
}
