import { describe, expect, it } from 'vitest';
import { formatText } from '../../../src/playground/telegram/formatted-text.js';

const format = (html: string) => formatText(html, 'HTML', undefined);

describe("Telegram's HTML style", () => {
  it('counts entities in UTF-16 units, without the markup', () => {
    expect(
      format('🦊 <b>red <i>fox</i></b> &amp; <code class="language-py">x&lt;1</code>'),
    ).toEqual({
      text: '🦊 red fox & x<1',
      entities: [
        { type: 'bold', offset: 3, length: 7 },
        { type: 'italic', offset: 7, length: 3 },
        { type: 'code', offset: 13, length: 3, language: 'py' },
      ],
    });
  });

  it('knows every tag of the documentation', () => {
    const types = (html: string) => format(html).entities.map(({ type }) => type);
    expect(types('<strong>a</strong><em>b</em><ins>c</ins><del>d</del><u>e</u><s>f</s>')).toEqual([
      'bold',
      'italic',
      'underline',
      'strikethrough',
      'underline',
      'strikethrough',
    ]);
    expect(types('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>')).toEqual([
      'spoiler',
      'spoiler',
    ]);
    expect(types('<blockquote expandable>a</blockquote><blockquote>b</blockquote>')).toEqual([
      'expandable_blockquote',
      'blockquote',
    ]);
    expect(format('<pre><code class="language-ts">a</code></pre>').entities).toEqual([
      { type: 'pre', offset: 0, length: 1, language: 'ts' },
    ]);
    expect(format("<a href='https://a.example/?x=1&amp;y=2'>a</a>").entities).toEqual([
      { type: 'text_link', offset: 0, length: 1, url: 'https://a.example/?x=1&y=2' },
    ]);
  });

  it('leaves what is no entity of HTML as it was typed', () => {
    expect(format('fish & chips &copy; &#33; &#x21;').text).toBe('fish & chips &copy; ! !');
  });

  it('trims blank edges and moves entities with the text', () => {
    expect(format('\n  fox <b>red  </b>\n')).toEqual({
      text: 'fox red',
      entities: [{ type: 'bold', offset: 4, length: 3 }],
    });
  });

  it.each([
    ['<fox>a</fox>', 'Unsupported start tag "fox" at byte offset 0'],
    ['é < 3', 'Unsupported start tag "" at byte offset 3'],
    ['<b>a', 'Can\'t find end tag corresponding to start tag "b"'],
    ['<b>a</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
    ['a</b>', 'Unexpected end tag at byte offset 1'],
    ['<b', 'Unclosed start tag at byte offset 0'],
    ['<b>a</b', 'Unclosed end tag at byte offset 4'],
    [
      '<a href>a</a>',
      'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 3',
    ],
    ['<span>a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
  ])('refuses %s', (html, reason) => {
    expect(() => format(html)).toThrow(`Bad Request: can't parse entities: ${reason}`);
  });
});

describe('entities that Telegram finds by itself', () => {
  const found = (text: string) =>
    formatText(text, undefined, undefined).entities.map(({ type, offset, length }) => [
      type,
      text.slice(offset, offset + length),
    ]);

  it('finds commands, mentions, hashtags, addresses', () => {
    expect(
      found('/imagine@easel_bot for @ada_l #fox1 https://a.example/x?y. mail@a.example'),
    ).toEqual([
      ['bot_command', '/imagine@easel_bot'],
      ['mention', '@ada_l'],
      ['hashtag', '#fox1'],
      ['url', 'https://a.example/x?y'],
      ['email', 'mail@a.example'],
    ]);
  });

  it('takes no path, number sign or fraction for an entity', () => {
    expect(found('a/b --ar 16:9 #42 1/2 and/or')).toEqual([]);
  });

  it('finds nothing in code', () => {
    expect(format('<code>/imagine</code>').entities).toEqual([
      { type: 'code', offset: 0, length: 8 },
    ]);
  });
});
