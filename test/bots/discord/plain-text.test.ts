import { expect, it } from 'vitest';
import { plainText, plainWords, shortened } from '../../../src/bots/discord/plain-text.js';

it('leaves ordinary words as they are', () => {
  const text = 'a red fox, watercolour (16:9) — 50% & "quoted"; it\'s fine!';
  expect(plainWords(text)).toBe(text);
});

it.each([
  ['**bold**', '\\*\\*bold\\*\\*'],
  ['_italic_ __under__', '\\_italic\\_ \\_\\_under\\_\\_'],
  ['~~gone~~ ||hidden|| `code`', '\\~\\~gone\\~\\~ \\|\\|hidden\\|\\| \\`code\\`'],
  ['[click](https://evil.example)', '\\[click\\](https\\://evil.example)'],
  ['<@80351110224678912>', '\\<\\@80351110224678912\\>'],
  ['@everyone @here', '\\@everyone \\@here'],
  [
    '<:smile:123> <t:1:R> <#1> </imagine:1>',
    '\\<:smile:123\\> \\<t:1:R\\> \\<#1\\> \\</imagine:1\\>',
  ],
  ['HTTPS://a.example discord://x', 'HTTPS\\://a.example discord\\://x'],
  ['\\*', '\\\\\\*'],
])('switches off what %s would do', (typed, escaped) => {
  expect(plainWords(typed)).toBe(escaped);
});

it.each(['# heading', '-# small', '- item', '+ item', '> quote', '>>> quote', '1. first'])(
  'switches off %s at the beginning of a line',
  (line) => {
    const [first, second] = plainText(`words\n${line}`).split('\n');
    expect(first).toBe('words');
    expect(second).toMatch(/^(\\|\d+\\)/);
    expect(second?.replaceAll('\\', '')).toBe(line);
  },
);

it('leaves flags and hashtags at the beginning of a line as they are', () => {
  expect(plainText('--ar 16:9\n#1 fox\n-3 degrees')).toBe('--ar 16:9\n#1 fox\n-3 degrees');
});

it('puts a prompt of several lines on one', () => {
  expect(plainWords('a fox\n\n# in\tthe snow ')).toBe('a fox # in the snow');
});

it('shortens after escaping, and cuts neither a character nor an escape in two', () => {
  for (let limit = 1; limit < 60; limit++) {
    const text = shortened('🦊*🦊_'.repeat(20), limit, plainWords);
    expect(text.length).toBeLessThanOrEqual(limit);
    expect(text).toMatch(/^(🦊|\\\*|\\_)*…$/u);
  }
  expect(shortened('short', 5, plainWords)).toBe('short');
});
