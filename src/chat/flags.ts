import { nearest } from './nearest.js';
import { quoted, type Sentence, sentence } from './refusal.js';

/** Midjourney's short names and Easel's own, and the option that each sets. */
const flagOptions: ReadonlyMap<string, FlagOption> = new Map<string, FlagOption>([
  ['ar', 'aspect'],
  ['aspect', 'aspect'],
  ['n', 'count'],
  ['count', 'count'],
  ['seed', 'seed'],
  ['no', 'negative'],
  ['negative', 'negative'],
  ['model', 'model'],
  ['strength', 'strength'],
  ['preset', 'preset'],
  ['global', 'global'],
  ['private', 'private'],
  ['mask', 'maskLast'],
  ['reference', 'referencesLast'],
  ['ref', 'referencesLast'],
  ['language', 'language'],
  ['delete', 'delete'],
  ['forget', 'forget'],
]);

const examples: Readonly<Record<FlagOption, string>> = {
  aspect: '16:9',
  count: '4',
  seed: '7',
  negative: 'hands, feet',
  model: 'flux',
  strength: '0.6',
  preset: 'anime',
  global: 'yes',
  private: 'yes',
  maskLast: 'yes',
  referencesLast: '2',
  language: 'en',
  delete: 'message',
  forget: 'model',
};

export type FlagOption =
  | 'aspect'
  | 'count'
  | 'seed'
  | 'negative'
  | 'model'
  | 'strength'
  | 'preset'
  | 'global'
  | 'private'
  | 'maskLast'
  | 'referencesLast'
  | 'language'
  | 'delete'
  | 'forget';

/** Needs no value: to be there is enough. */
const switches: ReadonlySet<FlagOption> = new Set([
  'global',
  'private',
  'maskLast',
  'referencesLast',
]);

export interface PromptWithFlags {
  /** What stands before the flags, trimmed. */
  readonly prompt: string;
  /** Values as they were written, by option. */
  readonly flags: Readonly<Partial<Record<FlagOption, string>>>;
  /** Empty when all flags are known and well-formed. */
  readonly problems: readonly Sentence[];
}

/**
 * Splits a prompt from the flags that end it: `a fox --ar 16:9 --no hands, feet`. Phones write `--`
 * as `—` or `–`; directly before a known flag's name these are read so too. Values may be quoted;
 * `--no` takes all words up to the next flag, `--model` those with commas between them, every other
 * flag one. A flag of an option that the command does not have is unknown.
 */
export function splitFlags(
  text: string,
  hasOption: (option: FlagOption) => boolean = () => true,
): PromptWithFlags {
  const known = new Map([...flagOptions].filter(([, option]) => hasOption(option)));
  const words = wordsOf(text);
  const firstFlag = words.findIndex((word) => flagNameOf(word, known) !== undefined);
  if (firstFlag === -1) return { prompt: text.trim(), flags: {}, problems: [] };

  const flags: Partial<Record<FlagOption, string>> = {};
  const problems: Sentence[] = [];
  for (const { name, values } of groupByFlag(words.slice(firstFlag), known)) {
    const option = known.get(name.toLowerCase());
    if (option === undefined) {
      problems.push(unknownFlag(name, known));
      continue;
    }
    const given = switches.has(option) && values.length === 0 ? ['yes'] : values;
    const [value, ...further] = asValues(option, given);
    if (value === undefined || value === '') {
      problems.push(sentence('flag-without-value', { flag: name, example: examples[option] }));
    } else if (further.length > 0) {
      problems.push(sentence('flag-not-at-end', { value: quoted(further.join(' ')) }));
    } else if (flags[option] !== undefined) {
      problems.push(sentence('flag-twice', { flag: name }));
    } else {
      flags[option] = value;
    }
  }
  const prompt = text.slice(0, words[firstFlag]?.start).trim();
  return { prompt, flags, problems };
}

/** `--no` takes all its words; a comma goes on with the next, as in `--model a, b`. */
function asValues(option: FlagOption, words: readonly string[]): readonly string[] {
  if (option === 'negative') return [words.join(' ')];
  if (option !== 'model') return words;
  const values: string[] = [];
  for (const word of words) {
    const before = values.at(-1);
    const goesOn = before !== undefined && (/[,，]$/.test(before) || /^[,，]/.test(word));
    if (goesOn) values[values.length - 1] = before + word;
    else values.push(word);
  }
  return values;
}

type KnownFlags = ReadonlyMap<string, FlagOption>;

function unknownFlag(name: string, known: KnownFlags): Sentence {
  const flag = quoted(name);
  const [best] = nearest(name, known.keys(), 1);
  if (best !== undefined) return sentence('flag-unknown-nearest', { flag, nearest: best });
  // Each option by its shorter name.
  const names = new Map([...known].reverse().map(([word, option]) => [option, `--${word}`]));
  const all = [...names.values()].reverse();
  return (texts) => texts.text('flag-unknown', { flag, flags: texts.list(all) });
}

interface Word {
  /** As it stands in the text. */
  readonly text: string;
  readonly start: number;
}

const wordPattern = /(?:--|[—–])?[\w-]+=(?:"[^"]*"|“[^”]*”)|"[^"]*"|“[^”]*”|\S+/g;

function wordsOf(text: string): Word[] {
  return [...text.matchAll(wordPattern)].map((match) => ({ text: match[0], start: match.index }));
}

const flagPattern = /^(--|[—–])([a-z][\w-]*)(?:=(.*))?$/is;

/** Undefined for what is no flag: a word, a quotation, a dash that only is one. */
function flagNameOf({ text }: Word, known: KnownFlags): string | undefined {
  const [, dash, name] = flagPattern.exec(text) ?? [];
  if (name === undefined) return undefined;
  return dash === '--' || known.has(name.toLowerCase()) ? name : undefined;
}

function groupByFlag(
  words: readonly Word[],
  known: KnownFlags,
): { name: string; values: string[] }[] {
  const groups: { name: string; values: string[] }[] = [];
  for (const word of words) {
    const name = flagNameOf(word, known);
    if (name !== undefined) {
      const value = flagPattern.exec(word.text)?.[3];
      groups.push({ name, values: value === undefined ? [] : [unquoted(value)] });
    } else {
      groups.at(-1)?.values.push(unquoted(word.text));
    }
  }
  return groups;
}

function unquoted(word: string): string {
  return /^(?:"[^"]*"|“[^”]*”)$/s.test(word) ? word.slice(1, -1).trim() : word;
}
