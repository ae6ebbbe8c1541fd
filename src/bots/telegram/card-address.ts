import type { CardAddress } from '../../engine/index.js';

/** Where a card lives on Telegram. `CardAddress` is the same as the engine keeps it. */
export interface TelegramAddress {
  readonly chatId: number;
  /** Forum topic. */
  readonly threadId: number | null;
  /** Null until the card stands in the chat. */
  readonly messageId: number | null;
  /** The message that asked for it. */
  readonly replyTo: number | null;
  /** A text can become a photo; a photo stays one. */
  readonly form: 'text' | 'photo' | null;
  /** The picture that it shows, so that an edit of the words does not upload it again. */
  readonly picture: string | null;
  /** It was deleted in the chat once and sent again: a second time it stays away. */
  readonly resent: boolean;
}

export interface PlacedAddress extends TelegramAddress {
  readonly messageId: number;
}

export function isPlaced(address: TelegramAddress): address is PlacedAddress {
  return address.messageId !== null;
}

export function newCardAddress(
  chatId: number,
  threadId: number | null,
  replyTo: number | null,
): CardAddress {
  return toCardAddress({
    chatId,
    threadId,
    messageId: null,
    replyTo,
    form: null,
    picture: null,
    resent: false,
  });
}

export function toCardAddress(address: TelegramAddress): CardAddress {
  return { ...address };
}

/** @throws TypeError when it is not an address that this bot made */
export function readCardAddress(address: CardAddress): TelegramAddress {
  const { chatId, threadId, messageId, replyTo, form, picture, resent } = address;
  if (typeof chatId !== 'number') {
    throw new TypeError(`Not a Telegram card's address: ${JSON.stringify(address)}`);
  }
  return {
    chatId,
    threadId: numberOrNull(threadId),
    messageId: numberOrNull(messageId),
    replyTo: numberOrNull(replyTo),
    form: form === 'text' || form === 'photo' ? form : null,
    picture: typeof picture === 'string' ? picture : null,
    resent: resent === true,
  };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
