import { z } from 'zod';
import { batchForm } from './batch-form.js';
import { defineCommand } from './command.js';
import * as options from './options.js';
import { submitPrompt } from './submission.js';

const slots = {
  image1: options.batchImage,
  image2: options.batchImage,
  image3: options.batchImage,
  image4: options.batchImage,
  image5: options.batchImage,
  image6: options.batchImage,
  image7: options.batchImage,
  image8: options.batchImage,
  image9: options.batchImage,
  image10: options.batchImage,
  zip: options.zip,
};

const slotNames = Object.keys(slots) as (keyof typeof slots)[];

export const batch = defineCommand({
  path: ['batch'],
  description: 'command-batch',
  permission: 'everyone',
  opensCard: true,
  options: z.object({
    ...options.ofBatch,
    ...slots,
    seed: options.seed,
    images: options.images,
  }),
  form: (given, texts) =>
    slotNames.some((name) => given[name] !== undefined)
      ? undefined
      : batchForm({ title: 'form-batch', asksForImages: true }, given, texts),
  run: (context, chosen) => {
    const named = slotNames.flatMap((name) => chosen[name] ?? []);
    return submitPrompt(context, {
      origin: 'batch',
      options: chosen,
      images: [...named, ...(chosen.images ?? [])],
      references: [],
      private: undefined,
    });
  },
});
