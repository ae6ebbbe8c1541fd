import { z } from 'zod';
import { defineCommand } from './command.js';
import { imageRoles } from './image-roles.js';
import * as options from './options.js';
import { submitPrompt } from './submission.js';

export const imagine = defineCommand({
  path: ['imagine'],
  description: 'command-imagine',
  permission: 'everyone',
  opensCard: true,
  options: z.object({
    prompt: options.promptOption('option-prompt'),
    model: options.model,
    preset: options.preset,
    negative: options.negative,
    aspect: options.aspect,
    count: options.countOption('option-count'),
    seed: options.seed,
    image: options.image,
    reference1: options.reference,
    reference2: options.reference,
    reference3: options.reference,
    mask: options.mask,
    strength: options.strength,
    private: options.isPrivate,
    images: options.images,
    answered: options.answeredImage,
    maskLast: options.maskLast,
    referencesLast: options.referencesLast,
  }),
  run: async (context, chosen) => {
    const { images = [], answered, maskLast = false, referencesLast } = chosen;
    const written = { isMaskLast: maskLast, references: referencesLast };
    const roles = imageRoles(written, images, answered);
    const { image = roles.image, mask = roles.mask } = chosen;
    const named = [chosen.reference1, chosen.reference2, chosen.reference3];
    return submitPrompt(context, {
      origin: 'imagine',
      options: chosen,
      images: image === undefined ? [] : [image],
      references: [...named.filter((reference) => reference !== undefined), ...roles.references],
      ...(mask === undefined ? {} : { mask }),
      private: chosen.private,
    });
  },
});
