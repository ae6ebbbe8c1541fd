import { z } from 'zod';
import { isReadAlone } from '../audience.js';
import { quoted } from '../refusal.js';
import { batchStatus } from './batch-status.js';
import { defineCommand } from './command.js';

export const queue = defineCommand({
  path: ['queue'],
  description: 'command-queue',
  permission: 'everyone',
  options: z.object({}),
  run: async (context) => {
    const { engine, request, texts, user } = context;
    const isReadByOthers = !isReadAlone(request);
    const batches = await engine.activeBatches(user.id);
    if (batches.length === 0) {
      return { kind: 'text', text: texts.text('queue-empty'), private: true };
    }
    const lines = await Promise.all(
      batches.map(async (batch) => {
        const [status = ''] = await batchStatus(context, batch);
        const isHidden = batch.private && isReadByOthers;
        const prompt = isHidden ? texts.text('queues-private') : quoted(batch.prompt);
        return texts.text('queue-line', { id: batch.id, status, prompt });
      }),
    );
    const text = [texts.text('queue-title'), ...lines].join('\n');
    return { kind: 'text', text, private: true };
  },
});
