import type { BatchNote } from '../../engine/index.js';
import { inputSentence } from '../explanation.js';
import type { LocalizedTexts } from '../texts.js';

/** Images that a card names; the others are counted. */
const maxNamed = 4;

/** What came with the batch and was left out, and why. */
export function leftOutLines(notes: readonly BatchNote[], texts: LocalizedTexts): string[] {
  const named = notes.flatMap((note) => (note.kind === 'image-left-out' ? [note] : []));
  const uncounted = notes.reduce(
    (sum, note) => sum + (note.kind === 'more-left-out' ? note.count : 0),
    0,
  );
  const lines = named
    .slice(0, maxNamed)
    .map((note) => texts.text('card-left-out', { reason: inputSentence(note)(texts) }));
  const count = named.length - lines.length + uncounted;
  return [
    ...(notes.some(({ kind }) => kind === 'late-parts') ? [texts.text('card-late-parts')] : []),
    ...lines,
    ...(count > 0 ? [texts.text('card-more-left-out', { count })] : []),
  ];
}
