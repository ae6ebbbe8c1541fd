import { z } from 'zod';
import { bringCardBack } from '../card-reach.js';
import { defineCommand } from './command.js';
import * as options from './options.js';
import { namedBatch } from './own-batch.js';

export const retry = defineCommand({
  path: ['retry'],
  description: 'command-retry',
  permission: 'everyone',
  options: z.object({ id: options.batchId }),
  run: async (context, { id: given }) => {
    const { engine, request } = context;
    const { id, batch, actor } = await namedBatch(context, given);
    await engine.retry(id, actor);
    const card = await bringCardBack(context, batch);
    if (card) {
      // A new batch would have closed it.
      await engine.inbox.close(request.platform, request.updateKey);
      return card;
    }
    return { kind: 'text', text: context.texts.text('batch-retried', { id }), private: true };
  },
});
