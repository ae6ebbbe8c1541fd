import { describe, expect, it } from 'vitest';
import { parseAspect } from '../../src/chat/aspect.js';

describe('aspects', () => {
  it.each([
    ['16:9', '16:9'],
    [' 1920x1080 ', '16:9'],
    ['4 : 1', '4:1'],
    ['1:4', '1:4'],
    ['3：2', '3:2'],
    ['2/3', '2:3'],
    ['Landscape', '3:2'],
    ['portrait', '2:3'],
    ['square', '1:1'],
  ])('%j is %s', (text, aspect) => {
    expect(parseAspect(text)).toBe(aspect);
  });

  it.each([
    '0:1',
    '1:0',
    '5:1',
    '1:4.1',
    '100:1',
    '-1:1',
    '16',
    'wide',
    '',
    '1:1:1',
    '99999:99999',
  ])('%j is none', (text) => {
    expect(parseAspect(text)).toBeUndefined();
  });
});
