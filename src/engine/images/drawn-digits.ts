/**
 * Numbers as strokes: the machine that draws may have no fonts, and a chart or a sheet without its
 * numbers says little. Words stand in the message, in the reader's language.
 */
const segments: Readonly<Record<string, string>> = {
  a: 'M0 0H6',
  b: 'M6 0V5',
  c: 'M6 5V10',
  d: 'M0 10H6',
  e: 'M0 5V10',
  f: 'M0 0V5',
  g: 'M0 5H6',
};

const strokes: Readonly<Record<string, string>> = {
  '0': 'abcdef',
  '1': 'bc',
  '2': 'abged',
  '3': 'abgcd',
  '4': 'fgbc',
  '5': 'afgcd',
  '6': 'afgedc',
  '7': 'abc',
  '8': 'abcdefg',
  '9': 'abcdfg',
  '-': 'g',
};

/** From one character's left edge to the next one's, in pixels. */
const advance = 9;

/** Digits and `-`; their right end, or their middle, stands at x, their top at y. */
export function digits(
  text: string,
  x: number,
  y: number,
  align: 'end' | 'middle',
  colour: string,
): string {
  const width = text.length * advance - 3;
  const left = x - (align === 'end' ? width : width / 2);
  const characters = [...text].map((character, index) => {
    const path = [...(strokes[character] ?? '')].map((segment) => segments[segment]).join('');
    return `<path transform="translate(${left + index * advance} ${y})" d="${path}"/>`;
  });
  return `<g fill="none" stroke="${colour}" stroke-width="1.4" stroke-linecap="round">${characters.join('')}</g>`;
}
