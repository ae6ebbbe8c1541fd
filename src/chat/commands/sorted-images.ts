import type { BatchNote, StoredInput } from '../../engine/index.js';
import { inputSentence } from '../explanation.js';
import { Refusal } from '../refusal.js';
import type { SourceImage } from './source-images.js';

export interface SortedImages {
  /** Each with its place among those that came, counted from `before`. */
  readonly kept: readonly (StoredInput & { readonly number: number })[];
  /** What was left out, and why. */
  readonly notes: readonly BatchNote[];
}

/** Kept with a batch; a card names the first few alone. */
const maxNotes = 20;
const maxNameCharacters = 100;

/**
 * The images that can be used, and notes of the others.
 * @throws Refusal with a sentence for every image where none can be used
 */
export function sortedOut(sources: readonly SourceImage[], before = 0): SortedImages {
  const kept = sources.flatMap((source, index) =>
    'input' in source ? [{ ...source.input, number: before + index + 1 }] : [],
  );
  const leftOut = sources.flatMap((source) => ('problem' in source ? [source] : []));
  if (kept.length === 0 && leftOut.length > 0) throw new Refusal(...leftOut.map(inputSentence));
  const notes = leftOut.slice(0, maxNotes).map(
    ({ name, problem }): BatchNote => ({
      kind: 'image-left-out',
      name: name.slice(0, maxNameCharacters),
      problem,
    }),
  );
  const count = leftOut.length - notes.length;
  return { kept, notes: count > 0 ? [...notes, { kind: 'more-left-out', count }] : notes };
}
