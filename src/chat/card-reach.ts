import type { BatchView } from '../engine/index.js';
import type { CommandContext } from './commands/command.js';
import type { Reply } from './request.js';

/**
 * Where nothing but a press leads to a card any more, the card goes on where the press was. A list,
 * or a batch shown once more, has the same buttons: its press leaves a card alone that stands well.
 */
export async function renewAddress(
  { engine, request }: CommandContext,
  batchId: string,
): Promise<void> {
  const { pressedCard, platform } = request;
  if (!pressedCard) return;
  const card = await engine.cards.read(batchId);
  if (!card || card.platform !== platform || !pressedCard.isOnlyWayTo(card.address)) return;
  // Discord takes no edit by a press that was not answered.
  await request.acknowledge({ private: true });
  await engine.cards.readdress(batchId, platform, pressedCard.address);
}

/**
 * A batch that runs again must be seen: where its card is gone from the chat, or nobody could be
 * shown it, it lives on where that was asked for. Undefined: the card is well where it is.
 */
export async function bringCardBack(
  { engine, request }: CommandContext,
  { id: batchId, private: isPrivate }: Pick<BatchView, 'id' | 'private'>,
): Promise<Extract<Reply, { kind: 'card' }> | undefined> {
  if (await engine.cards.read(batchId)) return undefined;
  await request.acknowledge({ private: isPrivate });
  const elsewhere = isPrivate ? await request.privateAddress?.() : undefined;
  if (elsewhere && 'startLink' in elsewhere) return undefined;
  const here = isPrivate ? request.pressedCard?.address : undefined;
  const address = elsewhere?.address ?? here ?? request.address;
  const isMoved = await engine.cards.readdress(batchId, request.platform, address);
  return isMoved
    ? { kind: 'card', batchId, ...(elsewhere ? { isElsewhere: true } : {}) }
    : undefined;
}
