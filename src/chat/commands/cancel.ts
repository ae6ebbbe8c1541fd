import { z } from 'zod';
import { defineCommand } from './command.js';
import * as options from './options.js';

export const cancel = defineCommand({
  path: ['cancel'],
  description: 'command-cancel',
  permission: 'everyone',
  options: z.object({ id: options.batchId }),
  run: async ({ engine, texts, batchAndActor }, { id }) => {
    const { actor } = await batchAndActor(id);
    await engine.cancel(id, actor);
    return { kind: 'text', text: texts.text('batch-cancelled', { id }), private: true };
  },
});
