import type { LocalizedTexts, TextVariables } from './texts.js';
import { userWords } from './user-words.js';

/** Something to say, before it is known in which language. */
export type Sentence = (texts: LocalizedTexts) => string;

export function sentence(key: string, variables?: TextVariables): Sentence {
  return (texts) => texts.text(key, variables);
}

/** A wish that is not granted, with every reason at once. Nothing has changed. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly sentences: readonly Sentence[];
  constructor(...sentences: readonly Sentence[]) {
    super('Refused');
    this.sentences = sentences;
  }
}

/** A user's own words quoted back: short, on one line, and marked as theirs. */
export function quoted(value: unknown): string {
  const text = String(value)
    .replace(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
  return userWords(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
