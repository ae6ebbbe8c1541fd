import type { ChatRequest } from './request.js';

type Place = Pick<ChatRequest, 'platform' | 'scopeId'>;

/** Whether nobody is in the chat but the asker and the bot. */
export function isDirect({ platform, scopeId }: Place): boolean {
  return scopeId.startsWith(`${platform}:dm:`);
}

/** Whether an answer can be for the asker's eyes alone: Discord hides it from the others. */
export function isReadAlone(place: Place): boolean {
  return place.platform === 'discord' || isDirect(place);
}
