import { globalScope, type Preset } from '../../engine/index.js';
import type { Form } from '../form.js';
import type { LocalizedTexts } from '../texts.js';
import type { FormFilling } from './command.js';
import { textField } from './form-field.js';
import { limits } from './limits.js';
import type { RawOptions } from './option-values.js';

const promptField = 'prompt';

/** Asks what a new preset is called and does, or what to change of one. Flags may end its prompt. */
export function presetForm(kind: 'add' | 'edit', given: RawOptions, texts: LocalizedTexts): Form {
  const isNew = kind === 'add';
  const unchanged = isNew ? {} : { description: texts.text('form-preset-unchanged') };
  return {
    title: texts.text(isNew ? 'form-preset-add' : 'form-preset-edit'),
    fields: [
      textField('name', texts.text('form-preset-name'), given, {
        description: texts.text('form-preset-name-description'),
        required: true,
        maxCharacters: limits.presetNameMaxCharacters,
      }),
      textField(promptField, texts.text('form-preset-prompt'), given, {
        description: texts.text('form-preset-prompt-description'),
        required: isNew,
        isLong: true,
        maxCharacters: limits.presetPromptMaxCharacters + flagsMaxCharacters,
      }),
      textField('negative', texts.text('form-preset-negative'), given, unchanged),
      textField('model', texts.text('form-preset-model'), given, unchanged),
      textField('aspect', texts.text('form-preset-aspect'), given, unchanged),
    ],
  };
}

const flagsMaxCharacters = 500;

/** The prompt that is to be changed, where it is known which. */
export const fillPresetForm: FormFilling = async (form, { name, global, prompt }, place) => {
  if (typeof name !== 'string' || prompt !== undefined) return form;
  const presets = await place.engine.presets.list(global === true ? globalScope : place.scopeId);
  const known = presets.find((preset) => preset.name === name.trim().toLowerCase());
  if (!known) return form;
  const fields = form.fields.map((field) =>
    field.kind === 'text' && field.name === promptField ? { ...field, value: known.prompt } : field,
  );
  return { ...form, fields };
};

/** The command that makes the preset what it is, to be copied and changed. */
export function presetCommand(preset: Preset): string {
  const { name, scopeId, prompt, negative, model, aspect, count, strength } = preset;
  return [
    '/admin preset edit',
    name,
    prompt,
    ...(aspect === undefined ? [] : ['--ar', aspect]),
    ...(count === undefined ? [] : ['--n', count]),
    ...(strength === undefined ? [] : ['--strength', strength]),
    ...(model === undefined ? [] : ['--model', model]),
    ...(scopeId === globalScope ? ['--global'] : []),
    ...(negative === undefined ? [] : ['--no', negative]),
  ].join(' ');
}
