import type { CardToShow, ShowOutcome } from '../../chat/index.js';
import type { DiscordAddress } from './address.js';

/** A way to show a card: an edit can be repeated without harm, a new message by its nonce. */
export type Route = 'original' | 'message' | 'new-message';

/** Milliseconds before another try where Discord names no time. */
export const unwellRetryMs = 1000;
/** A private card whose token is over waits for its end, and is then sent as a direct message. */
const privateWaitMs = 30_000;

/** The token is also tried past its time where nothing else reaches the card's message. */
export function routeOf(address: DiscordAddress, nowMs: number): Route {
  const byBot = isOpenToBot(address);
  if (address.token !== null && (nowMs < address.tokenExpiresAt || !byBot)) return 'original';
  return byBot && address.messageId !== null ? 'message' : 'new-message';
}

/** What a parked card's message says stays true: its owner's press brings all that came since. */
export function outcomeOfParked(
  { address: shown, tick, final }: CardToShow,
  address: DiscordAddress,
  nowMs: number,
): ShowOutcome | null {
  if (!address.parked || (final && nowMs < address.tokenExpiresAt)) return null;
  if (!tick) return { kind: 'shown', address: shown };
  return { kind: 'wait', retryAfterMs: privateWaitMs, reason: 'the card waits for its owner' };
}

/** Progress never makes a new message, and only the end of a private card does. */
export function refusalOf(
  card: CardToShow,
  address: DiscordAddress,
  route: Route,
): ShowOutcome | null {
  if (route !== 'new-message') return null;
  const reason = 'the card has no message to edit';
  if (card.onlyEdits) return { kind: 'undeliverable', reason };
  if (card.tick) return { kind: 'later', retryAfterMs: unwellRetryMs, reason };
  const direct = address.ephemeral || !address.channelReachable;
  return direct && !card.final ? { kind: 'later', retryAfterMs: privateWaitMs, reason } : null;
}

export function movedTo(
  address: DiscordAddress,
  channelId: string,
  messageId: string,
): DiscordAddress {
  return {
    ...address,
    channelId,
    messageId,
    token: null,
    ephemeral: false,
    channelReachable: true,
  };
}

/** Milliseconds before the end of a token's use, so that a card is parked at minute 14. */
const parkBeforeMs = 30_000;

/** The time to say 'still running', where nothing but a token that ends soon reaches the card. */
export function isParkingTime(address: DiscordAddress, nowMs: number): boolean {
  if (isOpenToBot(address) || address.parked || address.token === null) return false;
  return nowMs >= address.tokenExpiresAt - parkBeforeMs;
}

/**
 * Whether a press leads to a card that nothing else reaches: it sits on the card itself, or the time
 * for which the card could be edited is over.
 */
export function isOnlyWay(
  pressed: DiscordAddress,
  present: DiscordAddress,
  nowMs: number,
): boolean {
  if (isOpenToBot(present)) return false;
  const isCardItself = present.messageId === null || present.messageId === pressed.messageId;
  return isCardItself || present.token === null || nowMs >= present.tokenExpiresAt;
}

/** Whether the bot's own token reaches the card. */
export function isOpenToBot({ ephemeral, channelReachable }: DiscordAddress): boolean {
  return !ephemeral && channelReachable;
}
