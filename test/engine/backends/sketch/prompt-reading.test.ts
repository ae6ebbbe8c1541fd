import { describe, expect, it } from 'vitest';
import { readPrompt } from '../../../../src/engine/backends/sketch/prompt-reading.js';

describe('readPrompt', () => {
  it('finds place, time, weather, subjects and colours in the words', () => {
    expect(readPrompt('A RED fox, in the snow at night')).toMatchObject({
      place: 'snowfield',
      daylight: 'night',
      weather: ['snow'],
      subjects: ['fox'],
      colours: ['#d3382f'],
    });
    expect(readPrompt('foxes, wolves and two sailboats').subjects).toEqual(['fox', 'dog']);
  });

  it('puts a subject where it is at home when no place is named', () => {
    expect(readPrompt('a sailboat').place).toBe('sea');
    expect(readPrompt('a cat').place).toBe('meadow');
    expect(readPrompt('a cat in the city').place).toBe('city');
  });

  it('reads Chinese, which has no spaces between words', () => {
    expect(readPrompt('雪中的红狐狸')).toMatchObject({
      place: 'snowfield',
      subjects: ['fox'],
      colours: ['#d3382f'],
    });
  });

  it('takes whole words only', () => {
    expect(readPrompt('a category of boxes').subjects).toEqual([]);
  });

  it('passes over what the negative prompt names', () => {
    const reading = readPrompt('red fox and a cat in the rain', 'foxes, rain, red');
    expect(reading).toMatchObject({ subjects: ['cat'], weather: [], colours: [] });
    expect(reading.forbids('rain')).toBe(true);
  });

  it('decides what the words leave open, always alike for the same words', () => {
    const first = readPrompt('something  Entirely unknown');
    expect(readPrompt('something entirely unknown')).toMatchObject({
      hash: first.hash,
      place: first.place,
      daylight: first.daylight,
    });
    const places = Array.from({ length: 40 }, (_, i) => readPrompt(`unknown thing ${i}`).place);
    expect(new Set(places).size).toBeGreaterThan(3);
  });
});
