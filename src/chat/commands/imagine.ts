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
    negative: options.negative,
    aspect: options.aspect,
    count: options.countOption('option-count'),
    seed: options.seed,
    image: options.image,
    strength: options.strength,
    private: options.isPrivate,
  }),
  run: (context, chosen) =>
    submitPrompt(context, {
      origin: 'imagine',
      options: chosen,
      images: chosen.image === undefined ? [] : [chosen.image],
      private: chosen.private ?? false,
    }),
});
