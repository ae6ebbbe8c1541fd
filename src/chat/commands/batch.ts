import { z } from 'zod';
import { defineCommand } from './command.js';
import * as options from './options.js';
import { submitPrompt } from './submission.js';

export const batch = defineCommand({
  path: ['batch'],
  description: 'command-batch',
  permission: 'everyone',
  opensCard: true,
  options: z.object({
    prompt: options.promptOption('option-batch-prompt'),
    image1: options.firstBatchImage,
    image2: options.furtherBatchImage,
    image3: options.furtherBatchImage,
    image4: options.furtherBatchImage,
    image5: options.furtherBatchImage,
    image6: options.furtherBatchImage,
    image7: options.furtherBatchImage,
    image8: options.furtherBatchImage,
    image9: options.furtherBatchImage,
    image10: options.furtherBatchImage,
    preset: options.preset,
    model: options.model,
    aspect: options.aspect,
    count: options.countOption('option-batch-count'),
    seed: options.seed,
    strength: options.strength,
    negative: options.negative,
  }),
  run: (context, chosen) => {
    const images = [
      chosen.image1,
      chosen.image2,
      chosen.image3,
      chosen.image4,
      chosen.image5,
      chosen.image6,
      chosen.image7,
      chosen.image8,
      chosen.image9,
      chosen.image10,
    ].filter((image) => image !== undefined);
    return submitPrompt(context, {
      origin: 'batch',
      options: chosen,
      images,
      references: [],
      private: false,
    });
  },
});
