import { describe, expect, it } from 'vitest';
import { countChoices, expandChoices } from '../../src/chat/choices.js';

describe('choices in braces', () => {
  it.each([
    ['a fox', ['a fox']],
    ['{red|blue} fox', ['red fox', 'blue fox']],
    ['{a|b} {1|2}', ['a 1', 'a 2', 'b 1', 'b 2']],
    ['a {big|{dark|light} red} fox', ['a big fox', 'a dark red fox', 'a light red fox']],
    ['a {|red} fox', ['a fox', 'a red fox']],
    ['{not a choice}', ['{not a choice}']],
    ['{outer {red|blue}}', ['{outer red}', '{outer blue}']],
    ['an open { brace | bar', ['an open { brace | bar']],
    ['\\{red|blue\\}', ['{red|blue}']],
    ['{a\\|b|c}', ['a|b', 'c']],
    ['C:\\path', ['C:\\path']],
  ])('of %s', (prompt, expected) => {
    expect(expandChoices(prompt)).toEqual(expected);
    expect(countChoices(prompt)).toBe(expected.length);
  });

  it('are counted without being written out', () => {
    expect(countChoices('{a|b}'.repeat(40))).toBe(2 ** 40);
  });
});
