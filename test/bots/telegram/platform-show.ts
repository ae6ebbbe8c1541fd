import {
  newCardAddress,
  type PlacedAddress,
  readCardAddress,
} from '../../../src/bots/telegram/card-address.js';
import type { CardView, ChatPlatform } from '../../../src/chat/index.js';
import { shown, waiting } from '../../contracts/platform.js';

export { waiting };

/** Shows a new card under a message, and tells where it stands then. */
export async function show(
  platform: ChatPlatform,
  chatId: number,
  replyTo: number,
  view: CardView,
): Promise<PlacedAddress> {
  const address = readCardAddress(
    await shown(platform, newCardAddress(chatId, null, replyTo), view),
  );
  const { messageId } = address;
  if (messageId === null) throw new Error('A shown card has no message');
  return { ...address, messageId };
}
