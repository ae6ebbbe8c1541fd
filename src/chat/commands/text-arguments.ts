import { quoted, Refusal, sentence } from '../refusal.js';
import type { Attachment } from '../request.js';
import type { Command } from './command.js';
import { type OptionShape, optionShapes } from './option-registry.js';
import { type RawOptions, typed } from './option-values.js';

/**
 * The options of a command that was written as text: the words are the options in their order, and
 * a prompt takes all that is left of the text. Images fill the command's attachments in theirs.
 * @throws Refusal words-too-many, images-too-many
 */
export function textArguments(
  command: Command,
  text: string,
  attachments: readonly Attachment[],
): RawOptions {
  const shapes = optionShapes(command.options);
  const given: Record<string, RawOptions[string]> = { ...filesBySlot(shapes, attachments) };

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

  const positions = shapes.filter(({ type }) => !type.startsWith('attachment'));
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length > positions.length) {
    const value = quoted(words.slice(positions.length).join(' '));
    throw new Refusal(sentence('words-too-many', { value }));
  }
  for (const [index, word] of words.entries()) {
    const shape = positions[index];
    if (shape) given[shape.name] = typed(shape, word);
  }
  return given;
}

function filesBySlot(
  shapes: readonly OptionShape[],
  attachments: readonly Attachment[],
): RawOptions {
  const list = shapes.find(({ type }) => type === 'attachment-list');
  if (list) return attachments.length === 0 ? {} : { [list.name]: attachments };
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
