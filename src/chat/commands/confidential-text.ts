import type { Reply } from '../request.js';
import type { LocalizedTexts } from '../texts.js';
import { readUserWords, userWords } from '../user-words.js';

/** Messages end somewhere: Discord's at 4000 characters, Telegram's at 4096. */
const maxCharacters = 3500;

/** Lines as they fit into a message; what does not is counted, and no line is cut in its middle. */
export function fittingLines(lines: readonly string[], texts: LocalizedTexts): string[] {
  const fitting: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > maxCharacters) {
      return [...fitting, texts.text('lines-more', { count: lines.length - fitting.length })];
    }
    fitting.push(line);
  }
  return fitting;
}

/** An answer that is for the asker's eyes only, and not to be read in a group either. */
export function confidentialText(lines: readonly string[], texts: LocalizedTexts) {
  const text = fittingLines(lines, texts).join('\n');
  return { kind: 'text', text, private: true, confidential: true } as const satisfies Reply;
}

/** A list page by page: `entries` has one more than the page where there is a next one. People name themselves in them. */
export function pagedText(
  title: string,
  {
    entries,
    size,
    page = 1,
  }: { entries: readonly string[]; size: number; page?: number | undefined },
  texts: LocalizedTexts,
) {
  const next = entries.length > size ? [texts.text('page-next', { page: page + 1 })] : [];
  const shown = entries.slice(0, size).map((entry) => userWords(readUserWords(entry)));
  const none = shown.length === 0 ? [texts.text('page-empty')] : [];
  return confidentialText([title, ...shown, ...none, ...next], texts);
}
