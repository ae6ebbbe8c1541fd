import type { Form, FormField } from '../form.js';
import type { LocalizedTexts } from '../texts.js';
import { limits } from './limits.js';
import type { RawOptions } from './option-values.js';

/** Files that one upload takes: https://discord.com/developers/docs/components/reference#file-upload */
const maxFiles = 10;
const nameMaxCharacters = 200;

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
  const line = (name: string, label: string, more: Partial<FormField> = {}): FormField => {
    const value = given[name];
    return {
      ...{ kind: 'text', name, label, required: false, isLong: false },
      ...{ maxCharacters: nameMaxCharacters },
      ...(value === undefined ? {} : { value: String(value) }),
      ...more,
    } as FormField;
  };
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
      line('prompt', texts.text('form-prompt'), {
        description: texts.text('form-prompt-description'),
        maxCharacters: limits.promptMaxCharacters,
        isLong: true,
      }),
      line('preset', texts.text('form-preset')),
      line('model', texts.text('form-model')),
      line('negative', texts.text('form-negative')),
    ],
  };
}
