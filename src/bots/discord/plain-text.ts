import { readUserWords } from '../../chat/index.js';

/**
 * Text as Discord shows it when nothing in it formats, mentions or links: markdown is switched off
 * by a backslash before whatever could begin it.
 * https://support.discord.com/hc/en-us/articles/210298617
 */
export function plainText(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map(plainLine)
    .join('\n');
}

/** The same on one line. */
export function plainWords(text: string): string {
  return plainLine(text.replaceAll(/\s+/g, ' ').trim());
}

/**
 * Cuts text to at most `limit` characters as Discord counts them once `mark` has escaped it,
 * with an ellipsis in place of what is missing.
 */
export function shortened(words: string, limit: number, mark: (text: string) => string): string {
  const text = readUserWords(words);
  const whole = mark(text);
  if (whole.length <= limit) return whole;
  if (limit < 1) return '';
  const characters = Array.from(text);
  let low = 0;
  let high = Math.min(characters.length, limit);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const length = mark(characters.slice(0, middle).join('').trimEnd()).length;
    if (length + 1 <= limit) low = middle;
    else high = middle - 1;
  }
  return `${mark(characters.slice(0, low).join('').trimEnd())}…`;
}

function plainLine(line: string): string {
  return (
    line
      .replaceAll(/[\\*_~`|<>[\]@]/g, '\\$&')
      // A bare address becomes a link.
      .replaceAll(/(https?|discord|steam):(?=\/\/)/gi, '$1\\:')
      // Headings, small print, lists; quotes are done above.
      .replace(/^(\s*)(#{1,3}(?=\s|$)|-(?=#?(\s|$))|\+(?=\s|$))/, '$1\\$2')
      .replace(/^(\s*\d+)\./, '$1\\.')
  );
}
