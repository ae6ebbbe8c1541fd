import { z } from 'zod';
import { defineCommand } from './command.js';
import * as options from './options.js';

export const retry = defineCommand({
  path: ['retry'],
  description: 'command-retry',
  permission: 'everyone',
  options: z.object({ id: options.batchId }),
  run: async ({ engine, texts, batchAndActor }, { id }) => {
    const { actor } = await batchAndActor(id);
    await engine.retry(id, actor);
    return { kind: 'text', text: texts.text('batch-retried', { id }), private: true };
  },
});
