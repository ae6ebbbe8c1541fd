import { z } from 'zod';
import { quoted } from '../refusal.js';
import { globalViewOption, pageOf, pageOption, scopeToView } from './admin-scope.js';
import { batchStatus } from './batch-status.js';
import { type CommandContext, defineCommand } from './command.js';
import { confidentialText, pagedText } from './confidential-text.js';
import { optionRegistry } from './option-registry.js';

const batchesAtOnce = 15;
/** Written in place of an id, it stands for every batch. */
const every = 'all';

export const adminQueues = defineCommand({
  path: ['admin', 'queues'],
  description: 'command-admin-queues',
  permission: 'scope-managers',
  options: z.object({
    cancel: z
      .string('option-wrong')
      .trim()
      .min(1, 'option-wrong')
      .optional()
      .register(optionRegistry, { description: 'option-queues-cancel' }),
    page: pageOption,
    global: globalViewOption,
  }),
  run: async (context, { cancel, page, global }) => {
    if (cancel !== undefined) return cancelIn(context, cancel, global);
    const { engine, texts } = context;
    const scopeId = scopeToView(context, global);
    const batches = await engine.administration.queue.list(scopeId, pageOf(page, batchesAtOnce));
    const entries = await Promise.all(
      batches.map(async (batch) => {
        const [status = ''] = await batchStatus(context, batch);
        const isEverywhere = scopeId === undefined;
        return [
          batch.id,
          ...(isEverywhere ? [batch.scopeId] : []),
          batch.owner.name,
          status,
          // What was asked for privately stays so.
          batch.private ? texts.text('queues-private') : quoted(batch.prompt),
        ].join(' · ');
      }),
    );
    const title = texts.text(scopeId === undefined ? 'queues-title-everywhere' : 'queues-title');
    return pagedText(title, { entries, size: batchesAtOnce, page }, texts);
  },
});

/** All means all of here, unless `global` says otherwise: nobody stops everything by accident. */
async function cancelIn(context: CommandContext, wanted: string, global: boolean | undefined) {
  const { engine, texts, user, batchAndActor } = context;
  if (wanted.toLowerCase() === every) {
    const scopeId = scopeToView(context, global ?? false);
    const actor = { userId: user.id, manages: true };
    const ids = await engine.administration.queue.cancelAll(scopeId, actor);
    return confidentialText([texts.text('queues-cancelled', { count: ids.length })], texts);
  }
  const { batch, actor } = await batchAndActor(wanted);
  await engine.administration.queue.cancel(batch, actor);
  return confidentialText([texts.text('batch-cancelled', { id: batch.id })], texts);
}
