import { z } from 'zod';
import { retryInView } from '../card-reach.js';
import { defineCommand } from './command.js';
import * as options from './options.js';
import { namedBatch } from './own-batch.js';

export const retry = defineCommand({
  path: ['retry'],
  description: 'command-retry',
  permission: 'everyone',
  options: z.object({ id: options.batchId }),
  run: async (context, { id: given }) => {
    const named = await namedBatch(context, given);
    const outcome = await retryInView(context, named);
    if (typeof outcome === 'object') {
      return { kind: 'card', batchId: named.batch.id, ...outcome, isRevived: true };
    }
    const text = context.texts.text('batch-retried', { id: named.id });
    return { kind: 'text', text, private: true };
  },
});
