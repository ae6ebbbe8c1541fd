import { z } from 'zod';
import { defineCommand } from './command.js';
import * as options from './options.js';
import { namedBatch } from './own-batch.js';

export const cancel = defineCommand({
  path: ['cancel'],
  description: 'command-cancel',
  permission: 'everyone',
  options: z.object({ id: options.batchId }),
  run: async (context, { id: given }) => {
    const { id, actor } = await namedBatch(context, given);
    await context.engine.cancel(id, actor);
    return { kind: 'text', text: context.texts.text('batch-cancelled', { id }), private: true };
  },
});
