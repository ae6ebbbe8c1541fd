import { z } from 'zod';
import { defineCommand } from './command.js';
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
  }),
  run: (context, chosen) =>
    submitPrompt(context, {
      origin: 'imagine',
      options: chosen,
      images: chosen.image === undefined ? [] : [chosen.image],
      references: [chosen.reference1, chosen.reference2, chosen.reference3].filter(
        (reference) => reference !== undefined,
      ),
      ...(chosen.mask === undefined ? {} : { mask: chosen.mask }),
      private: chosen.private,
    }),
});
