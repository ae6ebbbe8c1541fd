import type { z } from 'zod';
import type { FlagOption } from '../flags.js';
import { splitFlags } from '../flags.js';
import { quoted, Refusal, type Sentence, sentence } from '../refusal.js';
import type { Attachment } from '../request.js';
import { limits } from './limits.js';
import { type OptionShape, optionShapes } from './option-registry.js';

/** Options by name as a platform or a text gave them. */
export type RawOptions = Readonly<
  Record<string, string | number | boolean | Attachment | readonly Attachment[]>
>;

/** How options were given: chosen in a menu, which has flags in its prompt too, or all in one text. */
export type GivenBy = 'menu' | 'text';

/**
 * Takes the flags off the prompt, lets explicit options beat them, and checks all.
 * @throws Refusal with a sentence for every wrong option and flag
 */
export function readOptions<Options extends z.ZodObject>(
  options: Options,
  given: RawOptions,
  by: GivenBy,
): z.output<Options> {
  const { values, problems } = withFlags(optionShapes(options), given, by);
  const parsed = options.safeParse(values);
  if (parsed.success && problems.length === 0) return parsed.data;
  const wrong = parsed.success ? [] : wrongOptions(parsed.error, values);
  throw new Refusal(...problems, ...wrong);
}

/** Whether the options ask for a card that is for one's own eyes. */
export function wantPrivate(options: z.ZodObject, given: RawOptions, by: GivenBy): boolean {
  return withFlags(optionShapes(options), given, by).values.private === true;
}

function withFlags(
  shapes: readonly OptionShape[],
  given: RawOptions,
  by: GivenBy,
): { values: RawOptions; problems: readonly Sentence[] } {
  const promptName = shapes.find(({ meta }) => meta.isPrompt)?.name;
  const text = promptName === undefined ? undefined : given[promptName];
  if (promptName === undefined || typeof text !== 'string') return { values: given, problems: [] };

  const shapeOf = (name: string) => shapes.find((candidate) => candidate.name === name);
  const { prompt, flags, problems } = splitFlags(text, (option) => shapeOf(option) !== undefined);
  const fromFlags: Record<string, string | number | boolean> = {};
  const misplaced: Sentence[] = [];
  for (const [name, word] of Object.entries(flags) as [FlagOption, string][]) {
    const shape = shapeOf(name);
    const option = by === 'menu' ? shape?.meta.flagFor : undefined;
    if (option !== undefined) misplaced.push(sentence('flag-is-menu-option', { option }));
    else fromFlags[name] = shape ? typed(shape, word) : word;
  }
  const values = { ...fromFlags, ...given, [promptName]: prompt };
  return { values, problems: [...problems, ...misplaced] };
}

/** A written word as the value that the option wants; what does not fit stays a word. */
export function typed({ type, choices }: OptionShape, word: string): string | number | boolean {
  const lower = word.toLowerCase();
  const choice = choices?.find(({ value }) => String(value).toLowerCase() === lower);
  if (choice) return choice.value;
  if (type === 'integer' || type === 'number') {
    return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(word) ? Number(word) : word;
  }
  if (type === 'boolean') {
    if (/^(true|yes|on|1)$/i.test(word)) return true;
    if (/^(false|no|off|0)$/i.test(word)) return false;
  }
  return word;
}

/** The schemas' messages are keys of texts, one for each option: the first problem of each is told. */
function wrongOptions(error: z.ZodError, values: RawOptions): Sentence[] {
  const byOption = new Map<string, Sentence>();
  for (const { path, message } of error.issues) {
    const option = String(path[0]);
    if (byOption.has(option)) continue;
    const value = values[option];
    const length = typeof value === 'string' ? value.length : 0;
    const variables = { ...limits.inTexts, option, value: quoted(value ?? ''), length };
    byOption.set(option, sentence(message, variables));
  }
  return [...byOption.values()];
}
