import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';

/**
 * What a failed request to Discord means for us.
 * Codes: https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
 */
export type DiscordProblem =
  /** 429, or our own bookkeeping of the buckets held the request back: nothing was done. */
  | 'rate-limited'
  /** 5xx: it may have been done. */
  | 'unwell'
  /** Sent, and no usable answer came: it may have been done. */
  | 'unanswered'
  /** The connection could not be made, or others took too long before it: nothing was sent. */
  | 'unreachable'
  /** The interaction's token is over (15 minutes), or was never answered in time. */
  | 'interaction-over'
  /** Somebody answered this interaction before. */
  | 'already-acknowledged'
  | 'message-gone'
  | 'channel-gone'
  /** Nothing in it can be edited until it is opened again. */
  | 'thread-archived'
  /** Only who manages threads may write there, or open it again. */
  | 'thread-locked'
  | 'forbidden'
  /** The bot's own token is not valid. */
  | 'unauthorized'
  | 'too-large'
  /** Any other 4xx: what we sent was wrong. */
  | 'refused';

/** A request to Discord that failed. Holds no token: `message` names the route, not the address. */
export class DiscordError extends Error {
  override readonly name = 'DiscordError';
  readonly problem: DiscordProblem;
  /** Milliseconds; null where Discord names no time. */
  readonly retryAfterMs: number | null;

  constructor(problem: DiscordProblem, message: string, retryAfterMs: number | null = null) {
    super(message);
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

const problemByCode: Readonly<Record<number, DiscordProblem>> = {
  10003: 'channel-gone',
  10004: 'channel-gone',
  10008: 'message-gone',
  10015: 'interaction-over',
  10062: 'interaction-over',
  30046: 'rate-limited',
  40005: 'too-large',
  40060: 'already-acknowledged',
  40094: 'interaction-over',
  50001: 'forbidden',
  50007: 'forbidden',
  50008: 'forbidden',
  50013: 'forbidden',
  50027: 'interaction-over',
  50083: 'thread-archived',
  160002: 'forbidden',
  160005: 'thread-locked',
};

/** What keeps the bot out of a channel, whatever it sends there. */
export const shutProblems: readonly DiscordProblem[] = [
  'forbidden',
  'channel-gone',
  'thread-locked',
];

const neverSentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** @sapphire/async-queue, in which discord.js lets the requests of a bucket wait for each other. */
const abortedInQueue = 'Request aborted manually';

/**
 * The only place that reads Discord's status codes and discord.js's error classes, whose fields hold
 * addresses with tokens and whole request bodies.
 * @throws the error itself when it did not come from a request: a defect
 */
export function translateDiscordError(error: unknown): DiscordError {
  if (error instanceof DiscordError) return error;
  if (error instanceof RateLimitError) {
    const retryAfterMs = Math.max(error.retryAfter, error.timeToReset, 0);
    return new DiscordError(
      'rate-limited',
      `${error.method} ${error.route}: rate limited, ${error.global ? 'global' : error.scope}`,
      retryAfterMs,
    );
  }
  if (error instanceof DiscordAPIError) {
    return new DiscordError(
      problemOfRefusal(error.status, error.code, error.url),
      `${error.method} ${routeOf(error.url)}: ${error.status} ${error.code} ${error.message}`,
    );
  }
  if (error instanceof HTTPError) {
    return new DiscordError(
      error.status >= 500 ? 'unwell' : 'refused',
      `${error.method} ${routeOf(error.url)}: ${error.status} ${error.message}`,
    );
  }
  return translateNetworkError(error);
}

function translateNetworkError(error: unknown): DiscordError {
  if (!(error instanceof Error)) throw error;
  const code = networkCodeOf(error);
  if (code !== undefined && neverSentCodes.has(code)) {
    return new DiscordError('unreachable', code);
  }
  if (error.message === abortedInQueue) return new DiscordError('unreachable', 'waited too long');
  if (error.name === 'AbortError') return new DiscordError('unanswered', 'no answer in time');
  if (code !== undefined) return new DiscordError('unanswered', code);
  if (error instanceof SyntaxError) return new DiscordError('unanswered', 'an answer in no JSON');
  throw error;
}

function problemOfRefusal(status: number, code: number | string, url: string): DiscordProblem {
  const known = problemByCode[Number(code)];
  if (known) return known;
  const byInteraction = /\/(webhooks|interactions)\//.test(url);
  if (status === 401) return byInteraction ? 'interaction-over' : 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404 && byInteraction) return 'interaction-over';
  if (status === 413) return 'too-large';
  return 'refused';
}

function networkCodeOf(error: Error): string | undefined {
  for (const candidate of [error, error.cause]) {
    if (typeof candidate === 'object' && candidate !== null && 'code' in candidate) {
      if (typeof candidate.code === 'string') return candidate.code;
    }
  }
  return undefined;
}

/** The path with ids and tokens taken out, e.g. `/webhooks/:id/:token/messages/@original`. */
function routeOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path
    .replace(/^.*?\/v\d+\//, '/')
    .replace(/\/(webhooks|interactions)\/\d+\/[^/]+/, '/$1/:id/:token')
    .replaceAll(/\/\d{5,}/g, '/:id');
}
