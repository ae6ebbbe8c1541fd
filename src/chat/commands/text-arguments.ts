import { splitFlags } from '../flags.js';
import { quoted, Refusal, sentence } from '../refusal.js';
import type { Attachment } from '../request.js';
import type { Command } from './command.js';
import { type OptionShape, optionShapes } from './option-registry.js';
import { type RawOptions, typed } from './option-values.js';

export interface WrittenFiles {
  readonly attachments: readonly Attachment[];
  /** The image that the text answers, where it brings images of its own. */
  readonly answered?: Attachment | undefined;
}

/**
 * The options of a command that was written as text: the words are the options in their order, and
 * a prompt takes all that is left of the text. Images fill the command's attachments in theirs.
 * @throws Refusal words-too-many, images-too-many
 */
export function textArguments(command: Command, text: string, files: WrittenFiles): RawOptions {
  const shapes = optionShapes(command.options);
  const given: Record<string, RawOptions[string]> = { ...filesBySlot(shapes, files) };

  if (command.hasNamedWords) return { ...given, ...namedWords(shapes, text) };

  const prompt = shapes.findIndex(({ meta }) => meta.isPrompt);
  const promptShape = shapes[prompt];
  if (promptShape) {
    let rest = text;
    for (const shape of shapes.slice(0, prompt)) {
      const [word] = /^\S+/.exec(rest.trimStart()) ?? [];
      if (word === undefined) break;
      given[shape.name] = typed(shape, word);
      rest = rest.trimStart().slice(word.length);
    }
    return { ...given, [promptShape.name]: rest.trim() };
  }

  return { ...given, ...readWords(shapes, text) };
}

/** Words in the options' order; `days 30`, `days=30` and `--days 30` name the option. */
function readWords(shapes: readonly OptionShape[], text: string): RawOptions {
  const given: Record<string, string | number | boolean> = {};
  const open = shapes.filter(({ type }) => !type.startsWith('attachment'));
  const words = text.split(/\s+/).filter((word) => word !== '');
  const take = (shape: OptionShape, value: string | number | boolean) => {
    given[shape.name] = value;
    open.splice(open.indexOf(shape), 1);
  };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, name = '', value] = namedPattern.exec(word) ?? [];
    const named = open.find((shape) => shape.name === name.toLowerCase());
    const [next] = words;
    if (named && value !== undefined) take(named, typed(named, value));
    else if (named?.type === 'boolean') {
      const said = next === undefined ? undefined : typed(named, next);
      if (typeof said === 'boolean') words.shift();
      take(named, typeof said === 'boolean' ? said : true);
    } else if (named && next !== undefined) {
      words.shift();
      take(named, typed(named, next));
    } else {
      const [shape] = open;
      if (shape) take(shape, typed(shape, word));
      else {
        const value = quoted([word, ...words].join(' '));
        throw new Refusal(sentence('words-too-many', { value }));
      }
    }
  }
  return given;
}

/** An option's name as one may write it, and its value where that follows at once. */
const namedPattern = /^(?:--|—|–)?([a-z][\w-]*)(?:=(.+))?$/is;
/** `aspect 16:9`, `aspect=16:9`, `--ar 16:9`: a name takes what follows, up to the next name. */
function namedWords(shapes: readonly OptionShape[], text: string): RawOptions {
  const last = shapes.find(({ meta }) => meta.takesRest)?.name;
  const taken = last && new RegExp(`(?:^|\\s)(?:--)?${last}\\s+(.*)$`, 'is').exec(text);
  const rest: RawOptions = last && taken?.[1] ? { [last]: taken[1] } : {};
  const named = taken ? text.slice(0, taken.index) : text;

  const names = shapes.map(({ name }) => name).join('|');
  const name = new RegExp(`(^|\\s)(${names})(?:\\s*[=:]\\s*|(?=\\s|$))`, 'gi');
  const asFlags = named.replace(name, '$1--$2 ');
  const shapeOf = (wanted: string) => shapes.find((shape) => shape.name === wanted);
  const { prompt, flags, problems } = splitFlags(
    asFlags,
    (option) => shapeOf(option) !== undefined,
  );
  const beyond = prompt === '' ? [] : [sentence('words-too-many', { value: quoted(prompt) })];
  if (problems.length + beyond.length > 0) throw new Refusal(...problems, ...beyond);
  const values = Object.entries(flags).flatMap(([option, word]) => {
    const shape = shapeOf(option);
    return shape ? [[option, typed(shape, word)] as const] : [];
  });
  return { ...Object.fromEntries(values), ...rest };
}

function filesBySlot(
  shapes: readonly OptionShape[],
  { attachments, answered }: WrittenFiles,
): RawOptions {
  const answeredSlot = answered && shapes.find(({ meta }) => meta.isAnswered);
  const list = shapes.find(({ type }) => type === 'attachment-list');
  if (list) {
    return {
      ...(attachments.length === 0 ? {} : { [list.name]: attachments }),
      ...(answeredSlot ? { [answeredSlot.name]: answered } : {}),
    };
  }
  const slots = shapes.filter(({ type }) => type === 'attachment');
  if (slots.length > 0 && attachments.length > slots.length) {
    throw new Refusal(
      sentence('images-too-many', { count: attachments.length, max: slots.length }),
    );
  }
  return Object.fromEntries(
    slots.flatMap((slot, index) => {
      const attachment = attachments[index];
      return attachment ? [[slot.name, attachment]] : [];
    }),
  );
}
