import { describe, expect, it } from 'vitest';
import { findBlockedWord } from '../../../src/engine/rules/blocked-word.js';

describe('a blocked word', () => {
  it.each([
    ['a Gore scene', 'gore'],
    ['GORE', 'gore'],
    ['ｇｏｒｅ', 'gore'],
    ['go\u200bre', 'gore'],
    ['so much gore, again', 'Gore'],
    ['a  bad\nword here', 'bad word'],
    ['一张血腥的图片', '血腥'],
    ['ÉTÉ à la mer', 'été'],
    ['price is $5!', '$5'],
    ['c++ logo', 'c++'],
  ])('is found in %j', (text, word) => {
    expect(findBlockedWord(text, ['other', word])).toBe(word);
  });

  it.each([
    ['gorgeous', 'gore'],
    ['the category', 'cat'],
    ['cats', 'cat'],
    ['concatenate', 'cat'],
    ['血色', '血腥'],
    ['a fox', ''],
  ])('is no part of another word: %j has no %j', (text, word) => {
    expect(findBlockedWord(text, [word])).toBeUndefined();
  });
});
