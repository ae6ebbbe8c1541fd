import { describe, expect, it } from 'vitest';
import { createScreen } from '../../../src/playground/demo/screen.js';

const sighting = {
  platform: 'Discord',
  person: 'Ada',
  messageKey: 'discord 1',
  atMs: 4321,
  state: 'running',
  percent: 40,
  status: '▰▰▰▰▱▱▱▱▱▱ 40% · 2 s',
  pictures: 1,
  isPrivate: false,
} as const;

function shown(isTTY: boolean, environment: NodeJS.ProcessEnv): string {
  let text = '';
  createScreen({ isTTY, write: (more) => (text += more) }, environment).sighting(sighting);
  return text;
}

describe("the demo's output", () => {
  const plain = '   4.3 s  Discord  Ada    running    ▰▰▰▰▱▱▱▱▱▱ 40% · 2 s  ▣ preview\n';

  it('has one plain line for a change where there is no terminal, or no wish for colours', () => {
    expect(shown(false, {})).toBe(plain);
    expect(shown(true, { NO_COLOR: '1' })).toBe(plain);
  });

  it('says the same in colour on a terminal', () => {
    const coloured = shown(true, {});
    expect(coloured).toContain('\u001b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be taken out
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
  });
});
