import { type Sentence, sentence } from '../refusal.js';

/** A prompt that may have words of its own for some of the images. */
export interface ImagePrompts {
  /** For the images without words of their own. */
  readonly general: string;
  /** By the image's number, from 1. */
  readonly own: ReadonlyMap<number, string>;
  /** Numbers that are there more than once. */
  readonly repeated: readonly number[];
}

/** `1:` at the beginning of a line, or after a space where more words follow; `16:9` is none. */
const marker = /(^|\n|\s)[ \t]*(\d{1,4})(?::(?=\s|\p{L}|$)|：)/gu;

/**
 * Reads `in oil 1: a fox 2: a hare`. A single number in the middle of a line is text, as in `at 5: tea`:
 * numbering begins a line, or begins with 1, or goes on. Without images, nothing is numbered.
 */
export function readImagePrompts(prompt: string, imageCount = 1): ImagePrompts {
  if (imageCount === 0) return { general: prompt, own: new Map(), repeated: [] };
  const marks = [...prompt.matchAll(marker)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    number: Number(match[2]),
    beginsLine: match[1] !== ' ' && match[1] !== '\t',
  }));
  const [first] = marks;
  const isNumbered = first && (first.beginsLine || first.number === 1 || marks.length > 1);
  if (!isNumbered) return { general: prompt, own: new Map(), repeated: [] };
  const own = new Map<number, string>();
  const repeated: number[] = [];
  for (const [index, { number, end }] of marks.entries()) {
    if (own.has(number)) repeated.push(number);
    own.set(number, prompt.slice(end, marks[index + 1]?.start).trim());
  }
  return { general: prompt.slice(0, first.start).trim(), own, repeated };
}

/** Empty where an image has neither words of its own nor those for all. */
export function promptOfImage({ general, own }: ImagePrompts, number: number): string {
  return own.get(number) || general;
}

/** What does not fit the images; `hasPreset`: then an image needs no words. */
export function imagePromptProblems(
  prompts: ImagePrompts,
  count: number,
  hasPreset: boolean,
): Sentence[] {
  const { own, repeated } = prompts;
  if (own.size === 0) return [];
  const beyond = [...own.keys()].filter((number) => number < 1 || number > count);
  const wordless = Array.from({ length: count }, (_, index) => index + 1).filter(
    (number) => !hasPreset && promptOfImage(prompts, number) === '',
  );
  return [
    ...repeated.map((number) => sentence('image-number-twice', { number })),
    ...beyond.map((number) => sentence('image-number-beyond', { number, count })),
    ...(wordless.length === 0
      ? []
      : [sentence('images-without-prompt', { numbers: wordless.join(', ') })]),
  ];
}
