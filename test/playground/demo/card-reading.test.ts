import { describe, expect, it } from 'vitest';
import { readCard } from '../../../src/playground/demo/card-reading.js';

describe('reading a card as a person does', () => {
  const cases: [name: string, lines: string[], state: string, status: string][] = [
    ['a waiting card', ['a fox — Ada', 'queued · #3 · about 40 s'], 'queued', '#3 · about 40 s'],
    ['one that waits without a position', ['a fox — Ada', 'queued'], 'queued', ''],
    [
      'a running card',
      ['a fox — Ada', '▰▰▰▰▰▱▱▱▱▱ 50% · 12 s'],
      'running',
      '▰▰▰▰▰▱▱▱▱▱ 50% · 12 s',
    ],
    [
      'a batch under way, of which a task failed',
      ['a fox — Ada', '1 failed · 1 left', '▰▰▰▰▰▱▱▱▱▱ 50% · 2 s', '⚠️ The image service failed.'],
      'running',
      '1 failed · 1 left   ▰▰▰▰▰▱▱▱▱▱ 50% · 2 s   ⚠️ The image service failed.',
    ],
    ['a finished card', ['a fox', '1 image · 2 s · Sketch'], 'done', '1 image · 2 s · Sketch'],
    ['a cancelled card', ['a fox — Ada', 'cancelled'], 'cancelled', ''],
    ['a failed card', ['a fox', '⚠️ It failed.'], 'failed', '⚠️ It failed.'],
    ['a prompt that speaks of a cancelled card', ['cancelled — Ada', 'queued'], 'queued', ''],
    ['what is no card', ['Changed:', 'sketch: 4'], 'message', 'Changed:   sketch: 4'],
  ];
  it.each(cases)('reads %s', (_name, lines, state, status) => {
    expect(readCard(lines)).toMatchObject({ state, status });
  });

  it('takes the percentage from the bar alone', () => {
    expect(readCard(['100% wool', '▰▱▱▱▱▱▱▱▱▱ 12% · 1 s']).percent).toBe(12);
    expect(readCard(['▰▰ 90%', 'queued']).percent).toBeUndefined();
  });
});
