import { HttpError } from 'grammy';
import type { ApiError } from 'grammy/types';

/** What can go wrong with a call of the Bot API, sorted by what is to be done about it. */
export type TelegramFailure =
  /** 429: nothing was taken. */
  | { readonly kind: 'rate-limited'; readonly retryAfterMs: number }
  /** The message shows just this already. */
  | { readonly kind: 'unchanged' }
  /** The message is gone, or is not the bot's to edit. */
  | { readonly kind: 'message-gone' }
  /** A text where a photo was taken for it, or the other way round. */
  | { readonly kind: 'other-form' }
  /** The group became a supergroup of another id. */
  | { readonly kind: 'moved'; readonly chatId: number }
  /** Blocked, kicked, chat or topic gone, no right to write: waiting does not help. */
  | { readonly kind: 'undeliverable' }
  /** The button was pressed too long ago, or was answered. */
  | { readonly kind: 'stale-query' }
  | { readonly kind: 'file-too-big' }
  /** 401, and 404 for a token that is none. */
  | { readonly kind: 'unauthorized' }
  /** 409: somebody else polls with the same token, or a webhook is set. */
  | { readonly kind: 'conflict'; readonly webhook: boolean }
  /** The request never left: nothing was taken. */
  | { readonly kind: 'unreachable' }
  /** 5xx, a reset or a time-out: whether it was taken is not known. */
  | { readonly kind: 'doubtful' }
  /** Any other 4xx: a defect of the bot. */
  | { readonly kind: 'refused' };

/** A failed call. Holds neither the token nor what was sent, so that it may be logged as it is. */
export class TelegramCallError extends Error {
  override readonly name = 'TelegramCallError';
  readonly method: string;
  readonly failure: TelegramFailure;
  /** The platform's own words, or the network's code. */
  readonly reason: string;
  constructor(method: string, failure: TelegramFailure, reason: string) {
    super(`Telegram's ${method} failed: ${reason}`);
    this.method = method;
    this.failure = failure;
    this.reason = reason;
  }
}

export function telegramFailureOf(error: unknown): TelegramFailure | undefined {
  return error instanceof TelegramCallError ? error.failure : undefined;
}

/** The id that the group has since it became a supergroup, where a call failed by that. */
export function movedTo(error: unknown): number | undefined {
  const failure = telegramFailureOf(error);
  return failure?.kind === 'moved' ? failure.chatId : undefined;
}

/**
 * What the platform answered. Telegram documents few of its descriptions; these are the wordings
 * of its server (github.com/tdlib/telegram-bot-api, Client.cpp).
 */
export function answerError(method: string, answer: ApiError): TelegramCallError {
  const reason = `${answer.error_code} ${answer.description}`;
  return new TelegramCallError(method, failureOfAnswer(answer), reason);
}

function failureOfAnswer({ error_code, description, parameters }: ApiError): TelegramFailure {
  if (parameters?.migrate_to_chat_id !== undefined) {
    return { kind: 'moved', chatId: parameters.migrate_to_chat_id };
  }
  if (error_code === 429) {
    return { kind: 'rate-limited', retryAfterMs: (parameters?.retry_after ?? 5) * 1000 };
  }
  if (error_code === 401 || error_code === 404) return { kind: 'unauthorized' };
  if (error_code === 409) return { kind: 'conflict', webhook: /webhook/i.test(description) };
  if (error_code === 403) return { kind: 'undeliverable' };
  if (error_code >= 500) return { kind: 'doubtful' };
  return wordings.find(([pattern]) => pattern.test(description))?.[1] ?? { kind: 'refused' };
}

const wordings: readonly (readonly [RegExp, TelegramFailure])[] = [
  [/message is not modified/i, { kind: 'unchanged' }],
  [/no (text|caption) in the message to edit/i, { kind: 'other-form' }],
  [/message to (edit|delete|be deleted) not found/i, { kind: 'message-gone' }],
  [/message (can't|can not|cannot) be (edited|deleted)/i, { kind: 'message-gone' }],
  [/MESSAGE_ID_INVALID|message identifier/i, { kind: 'message-gone' }],
  [/query is too old|query ID is invalid|QUERY_ID_INVALID/i, { kind: 'stale-query' }],
  [/file is too big/i, { kind: 'file-too-big' }],
  [/chat not found|user not found|PEER_ID_INVALID/i, { kind: 'undeliverable' }],
  [/user is deactivated|group (is|was) deactivated|chat was deleted/i, { kind: 'undeliverable' }],
  [/bot was (blocked|kicked)|bot is not a member/i, { kind: 'undeliverable' }],
  [/not enough rights|have no rights|CHAT_WRITE_FORBIDDEN/i, { kind: 'undeliverable' }],
  [/CHAT_RESTRICTED|CHAT_SEND_\w+_FORBIDDEN|CHANNEL_PRIVATE/i, { kind: 'undeliverable' }],
  [/message thread not found|TOPIC_(CLOSED|DELETED)/i, { kind: 'undeliverable' }],
];

const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * What went wrong on the way. Messages of grammY's and node-fetch's errors hold the address, and
 * the address holds the token: only codes are taken from them.
 */
export function networkError(method: string, host: string, error: unknown): TelegramCallError {
  const cause = error instanceof HttpError ? error.error : error;
  const code = wordIn(cause, 'code') ?? (cause instanceof Error && wordIn(cause.cause, 'code'));
  const type = wordIn(cause, 'type');
  if (code && neverSent.has(code)) {
    return new TelegramCallError(method, { kind: 'unreachable' }, `${host} is away (${code})`);
  }
  const reason =
    type === 'aborted' || nameOf(cause) === 'TimeoutError'
      ? `${host} did not answer in time`
      : type === 'invalid-json'
        ? `${host} answered something else than JSON`
        : `the connection to ${host} broke (${code || type || nameOf(cause)})`;
  return new TelegramCallError(method, { kind: 'doubtful' }, reason);
}

function wordIn(value: unknown, key: 'code' | 'type'): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const word: unknown = Reflect.get(value, key);
  return typeof word === 'string' ? word : undefined;
}

function nameOf(value: unknown): string {
  return value instanceof Error ? value.name : typeof value;
}
