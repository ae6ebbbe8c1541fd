import { describe, expect, it } from 'vitest';
import { promptOfImage, readImagePrompts } from '../../../src/chat/commands/image-prompts.js';

/** The prompts of the first three images. */
function promptsOf(text: string): string[] {
  const prompts = readImagePrompts(text);
  return [1, 2, 3].map((number) => promptOfImage(prompts, number));
}

describe('words for single images', () => {
  it.each([
    ['in lines', '1: a fox\n2: a hare\n3: a wolf', ['a fox', 'a hare', 'a wolf']],
    ['in one line', '1: a fox 2: a hare 3: a wolf', ['a fox', 'a hare', 'a wolf']],
    ['after words for all', 'in oil\n2: a hare', ['in oil', 'a hare', 'in oil']],
    ['after words for all, in one line', 'in oil 1: red 3: blue', ['red', 'in oil', 'blue']],
    ['in any order', '3: c\n1: a\n2: b', ['a', 'b', 'c']],
    ['without a space', '1:a fox\n2:a hare\n3:a wolf', ['a fox', 'a hare', 'a wolf']],
    ['with a wide colon', '1：狐狸 2：兔子 3：狼', ['狐狸', '兔子', '狼']],
    ['over several lines', '1: a fox\nin snow\n2: a hare\n', ['a fox\nin snow', 'a hare', '']],
  ])('are read %s', (_, text, expected) => {
    expect(promptsOf(text)).toEqual(expected);
  });

  it.each([
    'a photo in 16:9',
    'at 5: tea for two',
    'a 1:1 crop of 2:3',
    'chapter 12:',
    'a clock that shows 10:30 in the rain',
  ])('are not seen in %j', (text) => {
    expect(promptsOf(text)).toEqual([text, text, text]);
  });

  it('that come twice are told', () => {
    expect(readImagePrompts('1: a 2: b 1: c').repeated).toEqual([1]);
  });
});
