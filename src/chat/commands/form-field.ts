import type { FormField } from '../form.js';
import type { RawOptions } from './option-values.js';

const lineMaxCharacters = 200;

type TextField = Extract<FormField, { kind: 'text' }>;

/** A line that need not be filled in; what was given under its name already stands in it. */
export function textField(
  name: string,
  label: string,
  given: RawOptions,
  more: Partial<TextField> = {},
): TextField {
  const value = given[name];
  return {
    ...{ kind: 'text', name, label, required: false, isLong: false },
    maxCharacters: lineMaxCharacters,
    ...(value === undefined ? {} : { value: String(value) }),
    ...more,
  };
}
