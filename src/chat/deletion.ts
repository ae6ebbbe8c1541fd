import { type BatchView, EngineError } from '../engine/index.js';
import { messagesBeside } from './cards/messages-beside.js';
import type { CommandContext } from './commands/command.js';
import type { Reply } from './request.js';

/** Why a card is not shown any more whose messages its owner has removed. */
const removedReason = 'its message was deleted by a button';

/**
 * `Delete` on a card or a list: the messages go, and with them all that is kept of the batch, or not,
 * as the settings of who presses say. Only what ends is left to be found in the history.
 * @throws EngineError
 */
export async function deleteByButton(context: CommandContext, batchId: string): Promise<Reply> {
  const { engine, request, user } = context;
  const { batch, actor } = await context.batchAndActor(batchId);
  const card = await engine.cards.read(batch.id);
  const isHere = card?.platform === request.platform;
  if (user.preferences?.delete === 'message' && !batch.erased) {
    if (batch.owner.id !== actor.userId && !actor.manages) {
      throw new EngineError({ kind: 'not-yours', id: batch.id });
    }
    if (isOpen(batch)) await engine.cancel(batch.id, actor);
    if (isHere) await engine.cards.undeliverable(batch.id, removedReason);
  } else {
    await engine.remove(batch.id, actor);
  }
  return {
    kind: 'delete-message',
    beside: isHere ? messagesBeside(card) : [],
    ...(isHere ? { address: card.address } : {}),
  };
}

function isOpen({ counts }: BatchView): boolean {
  return counts.pending + counts.processing > 0;
}
