import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../src/chat/nearest.js';

describe('nearest', () => {
  it.each([
    ['imagin', 'imagine', 1],
    ['iamgine', 'imagine', 1],
    ['queue', 'queue', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('counts the letters between %s and %s', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
    expect(editDistance(to, from)).toBe(distance);
  });

  it('puts the best candidate first and leaves out what is far', () => {
    expect(nearest('sed', ['strength', 'seed', 'model'])).toEqual(['seed']);
    expect(nearest('zzzz', ['strength', 'seed', 'model'])).toEqual([]);
  });

  it('takes the beginning of a name for the name', () => {
    expect(nearest('flux', ['sdxl', 'flux-dev-1.0'])).toEqual(['flux-dev-1.0']);
  });

  it('takes no letter for another', () => {
    expect(nearest('v', ['n', 'ar', 'v2'])).toEqual(['v2']);
  });

  it('does not mind capitals', () => {
    expect(nearest('FLUX', ['flux'])).toEqual(['flux']);
  });
});
