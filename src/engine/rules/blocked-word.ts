/** Scripts that put no spaces between words: there a blocked word may stand anywhere. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const wordCharacter = '[\\p{L}\\p{M}\\p{N}_]';

/**
 * The first of the words that a text has as a whole word, whatever its case, width or spacing.
 * Invisible characters in the text hide nothing.
 */
export function findBlockedWord(text: string, words: readonly string[]): string | undefined {
  const folded = fold(text);
  return words.find((word) => patternOf(word)?.test(folded) ?? false);
}

function patternOf(word: string): RegExp | undefined {
  const folded = fold(word).trim();
  if (folded === '') return undefined;
  const characters = [...folded];
  const before = isSpaced(characters[0]) ? `(?<!${wordCharacter})` : '';
  const after = isSpaced(characters.at(-1)) ? `(?!${wordCharacter})` : '';
  const body = folded.split(/\s+/).map(escaped).join('\\s+');
  return new RegExp(`${before}${body}${after}`, 'u');
}

function fold(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Variation_Selector}]/gu, '')
    .toLowerCase();
}

/** Whether a word ends where letters of its script end. */
function isSpaced(character = ''): boolean {
  return new RegExp(wordCharacter, 'u').test(character) && !unspaced.test(character);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
