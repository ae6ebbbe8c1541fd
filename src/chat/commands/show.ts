import { z } from 'zod';
import { showPanel } from '../batch-panel.js';
import { Refusal, sentence } from '../refusal.js';
import type { Attachment } from '../request.js';
import { type CommandContext, defineCommand } from './command.js';
import * as options from './options.js';
import { answeredBatchId, namedBatch } from './own-batch.js';
import { fetchOne } from './source-images.js';

export const show = defineCommand({
  path: ['show'],
  description: 'command-show',
  permission: 'everyone',
  options: z.object({ id: options.batchId, image: options.shownImage }),
  run: async (context, { id, image }) => {
    const found = await batchIdOf(context, id, image);
    const { batch, actor } = await namedBatch(context, found);
    return showPanel(context, batch, actor);
  },
});

/** An id goes first, then the card that is answered, then what an image says of itself. */
async function batchIdOf(
  context: CommandContext,
  id: string | undefined,
  image: Attachment | undefined,
): Promise<string | undefined> {
  const known = id ?? (await answeredBatchId(context));
  if (known !== undefined || image === undefined) return known;
  const batch = await context.engine.batchOfFile(await fetchOne(image, context.engine.inputs));
  if (!batch) throw new Refusal(sentence('image-without-batch'));
  return batch.id;
}
