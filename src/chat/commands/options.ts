import { z } from 'zod';
import { parseAspect } from '../aspect.js';
import type { Attachment } from '../request.js';
import { limits } from './limits.js';
import { optionRegistry } from './option-registry.js';

/*
 * The options that several commands have. The message of every check is the key of the text that
 * says what is wrong and what is allowed.
 */

export function promptOption(description: string) {
  return z
    .string('prompt-empty')
    .trim()
    .min(1, 'prompt-empty')
    .register(optionRegistry, { description, isPrompt: true });
}

/** For what may be asked for by a preset alone, too. */
function optionalPromptOption(description: string) {
  return z
    .string('prompt-empty')
    .trim()
    .max(limits.promptMaxCharacters, 'prompt-too-long')
    .transform((text) => (text === '' ? undefined : text))
    .optional()
    .register(optionRegistry, { description, isPrompt: true });
}

/** One name, or several with commas between them. */
export const model = z
  .string('model-wrong')
  .transform((text) => text.split(/[,，]/).map((name) => name.trim()))
  .refine((names) => names.every((name) => name !== ''), 'model-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-model', suggests: 'models' });

const writtenPresetName = z.string('preset-name-wrong').trim().toLowerCase();

/** A preset to use. Whether there is such a one is seen when it is looked up. */
export const preset = writtenPresetName
  .min(1, 'preset-name-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-preset', suggests: 'presets' });

export const negative = z
  .string('option-wrong')
  .trim()
  .max(limits.promptMaxCharacters, 'negative-too-long')
  .optional()
  .register(optionRegistry, { description: 'option-negative' });

export const aspect = z
  .string('aspect-wrong')
  .transform((text, context) => {
    const parsed = parseAspect(text);
    if (parsed !== undefined) return parsed;
    context.addIssue('aspect-wrong');
    return z.NEVER;
  })
  .optional()
  .register(optionRegistry, { description: 'option-aspect' });

export function countOption(description: string) {
  return z
    .int('count-wrong')
    .min(1, 'count-wrong')
    .max(limits.countMax, 'count-wrong')
    .optional()
    .register(optionRegistry, { description });
}

export const seed = z
  .int('seed-wrong')
  .min(0, 'seed-wrong')
  .max(limits.seedMax, 'seed-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-seed' });

export const strength = z
  .number('strength-wrong')
  .min(0, 'strength-wrong')
  .max(1, 'strength-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-strength' });

export const isPrivate = z
  .boolean('option-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-private' });

const isAttachment = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'fetch' in value;

export const image = z
  .custom<Attachment>(isAttachment, 'image-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-image', isAttachment: true });

export const reference = z
  .custom<Attachment>(isAttachment, 'image-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-reference', isAttachment: true });

export const mask = z
  .custom<Attachment>(isAttachment, 'image-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-mask', isAttachment: true });

export const batchImage = z
  .custom<Attachment>(isAttachment, 'image-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-batch-image', isAttachment: true });

export const zip = z
  .custom<Attachment>(isAttachment, 'image-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-zip', isAttachment: true });

/** How a text says which of its images is the mask. */
export const maskLast = z
  .boolean('option-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-mask', flagFor: 'mask' });

/** How a text says which of its images are references: the last ones, or all that may be. */
export const referencesLast = z
  .string('reference-count-wrong')
  .regex(new RegExp(`^([1-${limits.referencesMax}]|yes)$`, 'i'), 'reference-count-wrong')
  .transform((word): number | 'all' => (/^yes$/i.test(word) ? 'all' : Number(word)))
  .optional()
  .register(optionRegistry, { description: 'option-reference', flagFor: 'reference1' });

export const answeredImage = z
  .custom<Attachment>(isAttachment, 'image-wrong')
  .optional()
  .register(optionRegistry, {
    description: 'option-image',
    isAttachment: true,
    isAnswered: true,
  });

/** Of an album, a form or a message, which have no names for their files. */
export const images = z
  .array(z.custom<Attachment>(isAttachment, 'image-wrong'))
  .optional()
  .register(optionRegistry, { description: 'option-batch-image', isAttachmentList: true });

export const batchId = z
  .string('option-wrong')
  .trim()
  .min(1, 'option-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-id' });

/** An image that Easel made, to find its batch by. */
export const shownImage = z
  .custom<Attachment>(isAttachment, 'image-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-shown-image', isAttachment: true });

export const concurrency = z
  .int('concurrency-wrong')
  .min(1, 'concurrency-wrong')
  .max(limits.concurrencyMax, 'concurrency-wrong')
  .register(optionRegistry, { description: 'option-concurrency' });

export const backend = z
  .string('backend-wrong')
  .trim()
  .min(1, 'backend-wrong')
  .register(optionRegistry, { description: 'option-backend', suggests: 'backends' });

export const pool = z
  .string('pool-wrong')
  .trim()
  .min(1, 'pool-wrong')
  .optional()
  .register(optionRegistry, { description: 'option-pool' });

/** What shapes a batch of images, wherever these come from; in the order that menus have it. */
export const ofBatch = {
  prompt: optionalPromptOption('option-batch-prompt'),
  preset,
  model,
  aspect,
  count: countOption('option-batch-count'),
  strength,
  negative,
};
