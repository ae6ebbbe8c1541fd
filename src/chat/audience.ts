import type { Actor, BatchView } from '../engine/index.js';
import type { ChatRequest } from './request.js';

type Place = Pick<ChatRequest, 'platform' | 'scopeId'>;

/**
 * Who may see what a batch made: its owner; those who manage its scope, unless it is private. They
 * may cancel and remove what they may not see.
 */
export function maySee({ owner, private: isPrivate }: BatchView, actor: Actor): boolean {
  return owner.id === actor.userId || (actor.manages && !isPrivate);
}

/** Whether nobody is in the chat but the asker and the bot. */
export function isDirect({ platform, scopeId }: Place): boolean {
  return scopeId.startsWith(`${platform}:dm:`);
}

/** Whether an answer can be for the asker's eyes alone: Discord hides it from the others. */
export function isReadAlone(place: Place): boolean {
  return place.platform === 'discord' || isDirect(place);
}
