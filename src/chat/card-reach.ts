import { type BatchView, type CardAddress, EngineError } from '../engine/index.js';
import { isReadAlone, maySee } from './audience.js';
import type { CommandContext } from './commands/command.js';
import type { NamedBatch } from './commands/own-batch.js';
import { Refusal, sentence } from './refusal.js';
import type { ChatRequest } from './request.js';

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
 * Where a card is to live that is asked for here.
 * @throws Refusal where a private one would be seen by others
 */
export async function newCardPlace(
  request: ChatRequest,
  isPrivate: boolean,
): Promise<{ readonly address: CardAddress; readonly isElsewhere: boolean }> {
  const elsewhere = isPrivate ? await request.privateAddress?.() : undefined;
  if (elsewhere && 'startLink' in elsewhere) {
    throw new Refusal(sentence('private-chat-closed', { link: elsewhere.startLink }));
  }
  if (elsewhere) return { address: elsewhere.address, isElsewhere: true };
  if (isPrivate && !isReadAlone(request)) throw new Refusal(sentence('asked-in-group-name'));
  return { address: request.address, isElsewhere: false };
}

/**
 * Runs again what ended badly, where somebody sees it: a card that is gone from the chat, or that
 * nobody could be shown, lives on where the retry was asked for. `unmoved`: it cannot.
 * @throws EngineError not-yours for what the asker may not see; Refusal as `newCardPlace`
 */
export async function retryInView(
  context: CommandContext,
  { id, batch, actor }: NamedBatch,
): Promise<'well' | 'unmoved' | { readonly isElsewhere: boolean }> {
  const { engine, request } = context;
  if (!maySee(batch, actor)) throw new EngineError({ kind: 'not-yours', id });
  const isWell = (await engine.cards.read(batch.id)) !== undefined;
  const place = isWell ? undefined : await placeOfRevived(request, batch);
  await engine.retry(id, actor);
  if (!place) return 'well';
  await request.acknowledge({ private: batch.private });
  // Whoever manages another chat than the batch's may start it again, but not take it away.
  const isAtHome = batch.owner.id === actor.userId || batch.scopeId === request.scopeId;
  const isMoved =
    isAtHome && (await engine.cards.readdress(batch.id, request.platform, place.address));
  return isMoved ? { isElsewhere: place.isElsewhere } : 'unmoved';
}

/** An answer that Discord hides is there already where a private one's button was pressed. */
async function placeOfRevived(request: ChatRequest, { private: isPrivate }: BatchView) {
  const pressed = isPrivate ? request.pressedCard?.address : undefined;
  return pressed ? { address: pressed, isElsewhere: false } : newCardPlace(request, isPrivate);
}
