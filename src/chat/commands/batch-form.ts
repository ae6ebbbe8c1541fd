import type { Form, FormField } from '../form.js';
import type { LocalizedTexts } from '../texts.js';
import { textField } from './form-field.js';
import { limits } from './limits.js';
import type { RawOptions } from './option-values.js';

/** Files that one upload takes: https://discord.com/developers/docs/components/reference#file-upload */
const maxFiles = 10;

export interface BatchFormKind {
  /** The key of its title. */
  readonly title: string;
  readonly asksForImages: boolean;
}

/** Asks what to do with which images; what was given already stands in it. */
export function batchForm(
  { title, asksForImages }: BatchFormKind,
  given: RawOptions,
  texts: LocalizedTexts,
): Form {
  const files: FormField = {
    kind: 'files',
    name: 'images',
    label: texts.text('form-images'),
    description: texts.text('form-images-description'),
    required: true,
    maxFiles,
  };
  return {
    title: texts.text(title),
    fields: [
      ...(asksForImages ? [files] : []),
      textField('prompt', texts.text('form-prompt'), given, {
        description: texts.text('form-prompt-description'),
        maxCharacters: limits.promptMaxCharacters,
        isLong: true,
      }),
      textField('preset', texts.text('form-preset'), given),
      textField('model', texts.text('form-model'), given),
      textField('negative', texts.text('form-negative'), given),
    ],
  };
}
