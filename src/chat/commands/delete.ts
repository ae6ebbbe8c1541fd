import { z } from 'zod';
import { messagesBeside } from '../cards/messages-beside.js';
import { defineCommand } from './command.js';
import * as options from './options.js';

export const deleteBatch = defineCommand({
  path: ['delete'],
  description: 'command-delete',
  permission: 'everyone',
  options: z.object({ id: options.batchId }),
  run: async ({ engine, request, texts, batchAndActor }, { id }) => {
    const { batch, actor } = await batchAndActor(id);
    const card = await engine.cards.read(id);
    await engine.remove(id, actor);
    const text = texts.text('batch-deleted', { id });
    // The card may stand on the other platform, where this bot can't reach it.
    return card && batch.owner.platform === request.platform
      ? { kind: 'delete-card', address: card.address, beside: messagesBeside(card), text }
      : { kind: 'text', text, private: true };
  },
});
