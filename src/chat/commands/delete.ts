import { z } from 'zod';
import { messagesBeside } from '../cards/messages-beside.js';
import { defineCommand } from './command.js';
import * as options from './options.js';
import { namedBatch } from './own-batch.js';

export const deleteBatch = defineCommand({
  path: ['delete'],
  description: 'command-delete',
  permission: 'everyone',
  options: z.object({ id: options.batchId }),
  run: async (context, { id: given }) => {
    const { engine, request, texts } = context;
    const { id, batch, actor } = await namedBatch(context, given);
    const card = await engine.cards.read(batch.id);
    await engine.remove(id, actor);
    const text = texts.text('batch-deleted', { id });
    // Of several tasks the others' card stays; it may stand on the other platform besides, where
    // this bot can't reach it.
    const isWhole = id === batch.id || batch.tasks.length === 1;
    return card && isWhole && card.platform === request.platform
      ? { kind: 'delete-card', address: card.address, beside: messagesBeside(card), text }
      : { kind: 'text', text, private: true };
  },
});
