import { describe, expect, it } from 'vitest';
import { splitFlags } from '../../src/chat/flags.js';
import { createTexts } from '../../src/chat/texts.js';
import { readUserWords } from '../../src/chat/user-words.js';

const english = createTexts().inLocale('en');

function told(text: string): string[] {
  return splitFlags(text).problems.map((say) => readUserWords(say(english)));
}

describe('flags', () => {
  it('end a prompt and are taken off it', () => {
    expect(
      splitFlags('a fox, at night --ar 16:9 --n 4 --seed 7 --model flux --strength 0.6'),
    ).toEqual({
      prompt: 'a fox, at night',
      flags: { aspect: '16:9', count: '4', seed: '7', model: 'flux', strength: '0.6' },
      problems: [],
    });
  });

  it('have long names too', () => {
    const { flags } = splitFlags('fox --aspect 1:1 --count 2 --negative hands --preset anime');
    expect(flags).toEqual({ aspect: '1:1', count: '2', negative: 'hands', preset: 'anime' });
  });

  it('of --no take all words up to the next flag', () => {
    const { flags } = splitFlags('fox --no hands, big feet --n 2');
    expect(flags).toEqual({ negative: 'hands, big feet', count: '2' });
  });

  it.each(['flux,sdxl', 'flux, sdxl', 'flux ,sdxl', 'flux , sdxl'])(
    'of --model go on after a comma: %s',
    (models) => {
      const { flags, problems } = splitFlags(`fox --model ${models} --n 2`);
      expect([flags.model, flags.count, problems]).toEqual(['flux,sdxl', '2', []]);
    },
  );

  it('take quoted values', () => {
    expect(splitFlags('fox --model "flux dev" --no “too many, hands”').flags).toEqual({
      model: 'flux dev',
      negative: 'too many, hands',
    });
    expect(splitFlags('fox --model="flux dev" --seed=7').flags).toEqual({
      model: 'flux dev',
      seed: '7',
    });
  });

  it('stand alone', () => {
    expect(splitFlags('--n 2')).toEqual({ prompt: '', flags: { count: '2' }, problems: [] });
  });

  it.each(['a fox —n 2', 'a fox –n 2', 'a fox —N 2'])('survive a phone: %s', (text) => {
    expect(splitFlags(text)).toEqual({ prompt: 'a fox', flags: { count: '2' }, problems: [] });
  });

  it.each([
    'a fox — in the snow',
    'a fox —running— away',
    'a fox—no, a wolf',
    'a fox -- alone',
    'a well-known fox -n 2',
    'a sign that says "--no entry"',
  ])('are not seen where there are none: %s', (text) => {
    expect(splitFlags(text)).toEqual({ prompt: text, flags: {}, problems: [] });
  });

  it('that are unknown are told with the nearest', () => {
    expect(told('fox --sed 7')).toEqual(['There is no flag --sed. Did you mean --seed?']);
    expect(told('fox --zzzzzz')[0]).toMatch(
      /^There is no flag --zzzzzz\. There are: --ar, --n, --seed, --no, --model, /,
    );
  });

  it('without a value are told with an example', () => {
    expect(told('fox --ar --n 4')).toEqual(['--ar needs a value, such as --ar 16:9.']);
    expect(told('fox --no')).toEqual(['--no needs a value, such as --no hands, feet.']);
    expect(told('fox --seed ""')).toEqual(['--seed needs a value, such as --seed 7.']);
  });

  it('given twice are told', () => {
    expect(told('fox --n 2 --count 3')).toEqual(['--count is given twice.']);
  });

  it('before the prompt’s last words are told', () => {
    expect(told('a fox --ar 16:9 in the snow')).toEqual([
      '“in the snow” stands after the flags. The prompt comes first, the flags end it.',
    ]);
  });

  it('are all told at once', () => {
    expect(told('fox --sed 7 --ar --n 2 --n 3')).toHaveLength(3);
  });

  it('keep a value for the option to judge', () => {
    expect(splitFlags('fox --seed -1 --n four').flags).toEqual({ seed: '-1', count: 'four' });
  });

  it('leave line breaks in the prompt alone', () => {
    expect(splitFlags('a fox\nin the snow\n--n 2').prompt).toBe('a fox\nin the snow');
  });
});
