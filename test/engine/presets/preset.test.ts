import { describe, expect, it } from 'vitest';
import { applyTemplate, changed } from '../../../src/engine/presets/preset.js';

describe('a preset’s template', () => {
  it.each([
    ['oil painting of {prompt}, impasto', 'a fox', 'oil painting of a fox, impasto'],
    ['anime, cel shading', 'a fox', 'a fox, anime, cel shading'],
    ['{prompt} and again {prompt}', 'a fox', 'a fox and again a fox'],
    ['{prompt}, cheap', 'for $& or $1', 'for $& or $1, cheap'],
    ['{prompt}, framed', 'a {prompt} in braces', 'a {prompt} in braces, framed'],
  ])('%j takes the prompt %j in', (template, prompt, expected) => {
    expect(applyTemplate(template, prompt)).toBe(expected);
  });
});

describe('an edit of a preset', () => {
  it('changes what it names, clears what it names as null, and leaves the rest', () => {
    const content = { prompt: 'anime', negative: 'photo', count: 2, aspect: '1:1' };
    expect(changed(content, { negative: null, aspect: '2:3' })).toEqual({
      prompt: 'anime',
      count: 2,
      aspect: '2:3',
    });
  });
});
