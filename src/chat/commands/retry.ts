import { z } from 'zod';
import { defineCommand } from './command.js';
import * as options from './options.js';
import { namedBatch } from './own-batch.js';

export const retry = defineCommand({
  path: ['retry'],
  description: 'command-retry',
  permission: 'everyone',
  options: z.object({ id: options.batchId }),
  run: async (context, { id: given }) => {
    const { id, actor } = await namedBatch(context, given);
    await context.engine.retry(id, actor);
    return { kind: 'text', text: context.texts.text('batch-retried', { id }), private: true };
  },
});
