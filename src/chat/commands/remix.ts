import { z } from 'zod';
import { Refusal, sentence } from '../refusal.js';
import { batchForm } from './batch-form.js';
import { defineCommand } from './command.js';
import * as options from './options.js';
import { submitPrompt } from './submission.js';

/** `Remix images` in the menu of a message: a batch of all its images. */
export const remix = defineCommand({
  path: ['remix'],
  description: 'command-remix',
  messageMenu: 'menu-remix',
  permission: 'everyone',
  platforms: ['discord'],
  opensCard: true,
  options: z.object({
    ...options.ofBatch,
    seed: options.seed,
    images: options.images,
  }),
  form: (given, texts) =>
    given.images === undefined
      ? undefined
      : batchForm({ title: 'form-remix', asksForImages: false }, given, texts),
  run: async (context, chosen) => {
    if (chosen.images === undefined) throw new Refusal(sentence('message-without-images'));
    return submitPrompt(context, {
      origin: 'batch',
      options: chosen,
      images: chosen.images,
      references: [],
      private: undefined,
    });
  },
});
