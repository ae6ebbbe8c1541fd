import { z } from 'zod';
import { EngineError } from '../../engine/index.js';
import { batchStatus } from './batch-status.js';
import { defineCommand } from './command.js';
import * as options from './options.js';

export const show = defineCommand({
  path: ['show'],
  description: 'command-show',
  permission: 'everyone',
  options: z.object({ id: options.batchId }),
  run: async (context, { id }) => {
    const { texts, batchAndActor } = context;
    const { batch, actor } = await batchAndActor(id);
    if (batch.owner.id !== actor.userId && !actor.manages) {
      throw new EngineError({ kind: 'not-yours', id });
    }
    const title = texts.text('show-line', { id, prompt: batch.prompt });
    const text = [title, ...(await batchStatus(context, batch))].join('\n');
    return { kind: 'text', text, private: true };
  },
});
