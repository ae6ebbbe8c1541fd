import { accountMethods } from './account.js';
import { albumMethods } from './albums.js';
import { chatMethods } from './chats.js';
import { downloadMethods } from './downloads.js';
import { editingMethods } from './editing.js';
import type { Method } from './method.js';
import { reactionMethods } from './reactions.js';
import { receivingMethods } from './receiving.js';
import { removingMethods } from './removing.js';
import { sendingMethods } from './sending.js';

const methods = new Map<string, Method>(
  [
    accountMethods,
    albumMethods,
    chatMethods,
    downloadMethods,
    editingMethods,
    reactionMethods,
    receivingMethods,
    removingMethods,
    sendingMethods,
  ].flatMap((group) =>
    Object.entries(group).map(([name, method]) => [name.toLowerCase(), method] as const),
  ),
);

/** Telegram takes method names in any case. */
export function findMethod(name: string): Method | undefined {
  return methods.get(name.toLowerCase());
}
