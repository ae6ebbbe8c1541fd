import { z } from 'zod';
import { parseAspect } from '../aspect.js';
import { limits } from './limits.js';
import { optionRegistry } from './option-registry.js';
import * as options from './options.js';

/** Letters of any script, digits, `-` and `_`: one word, as `--preset` takes it. */
const name = z
  .string('preset-name-wrong')
  .trim()
  .toLowerCase()
  .regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]{0,31}$/u, 'preset-name-wrong');

/** Both this and the prompt are asked for where they are missing. */
export const newPresetName = name
  .optional()
  .register(optionRegistry, { description: 'option-preset-new-name' });

export const presetName = name
  .clone()
  .register(optionRegistry, { description: 'option-preset-name', suggests: 'presets' });

export const changedPresetName = name
  .optional()
  .register(optionRegistry, { description: 'option-preset-name', suggests: 'presets' });

const optionalTemplate = z
  .string('preset-prompt-empty')
  .trim()
  .max(limits.presetPromptMaxCharacters, 'preset-prompt-too-long')
  .transform((text) => (text === '' ? undefined : text))
  .optional();

export const template = optionalTemplate.register(optionRegistry, {
  description: 'option-preset-prompt',
  isPrompt: true,
});

/** With flags alone the prompt stays as it is. */
export const changedTemplate = optionalTemplate
  .clone()
  .register(optionRegistry, { description: 'option-preset-changed-prompt', isPrompt: true });

/** A preset has one model; several are compared by `--model a,b`. */
const oneModel = z
  .string('model-wrong')
  .trim()
  .regex(/^[^,，]+$/, 'model-wrong');

const isGlobal = z
  .boolean('option-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-global' });

export { isGlobal as global };

/** What an addition sets. */
export const parameters = {
  negative: options.negative,
  model: oneModel
    .optional()
    .register(optionRegistry, { description: 'option-preset-model', suggests: 'models' }),
  aspect: options.aspect,
  count: options.countOption('option-count'),
  strength: options.strength,
  global: isGlobal,
};

/** Written in place of a value, it takes the preset's own away. */
const clearing = '-';

/** The same as an edit changes it: null clears. */
export const changes = {
  ...parameters,
  negative: z
    .string('option-wrong')
    .trim()
    .max(limits.promptMaxCharacters, 'negative-too-long')
    .transform((text) => (text === clearing ? null : text))
    .optional()
    .register(optionRegistry, { description: 'option-preset-changed-negative' }),
  model: oneModel
    .transform((text) => (text === clearing ? null : text))
    .optional()
    .register(optionRegistry, {
      description: 'option-preset-changed-model',
      suggests: 'models',
    }),
  aspect: z
    .string('aspect-wrong')
    .transform((text, context) => {
      if (text.trim() === clearing) return null;
      const parsed = parseAspect(text);
      if (parsed !== undefined) return parsed;
      context.addIssue('aspect-wrong');
      return z.NEVER;
    })
    .optional()
    .register(optionRegistry, { description: 'option-preset-changed-aspect' }),
};
