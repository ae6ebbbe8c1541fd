import { createProgressTurns, type ProgressTurns } from './progress-turns.js';
import { createSendRoom, lastInTheWay } from './send-room.js';
import { telegramFailureOf } from './telegram-errors.js';

/**
 * Telegram's limits (core.telegram.org/bots/faq#broadcasting-to-users: some 30 messages a second),
 * with room to spare, as requests may bunch on their way. Progress may use nearly all that answers
 * and finished pictures leave: it goes at an even pace, so that they find room within moments.
 */
const telegramLimits: SendLimits = {
  chatIntervalMs: 1050,
  groupWindowMs: 61_000,
  groupPerWindow: { all: 19, progress: 11 },
  overallPerSecond: { all: 29, progress: 28 },
  progressIntervalMs: { private: 1500, group: 3000 },
};
/** A call that does not end holds its chat up no longer than this. */
const longestHoldMs = 15_000;
/** Turns of progress that a late timer may have missed, and that go at once. */
const mostMadeGood = 3;
/** How long a card that was told 0 keeps its turn, until it uses it. */
const grantMs = 500;
/** Who was refused for want of room comes back within this after the time that it was told. */
const returnMs = 3000;

/** How much may be sent. A Bot API server of one's own, or paid broadcasts, allow more. */
export interface SendLimits {
  /** Between two calls to one chat. */
  readonly chatIntervalMs: number;
  readonly groupWindowMs: number;
  readonly groupPerWindow: { readonly all: number; readonly progress: number };
  readonly overallPerSecond: { readonly all: number; readonly progress: number };
  /** Between two refreshes of cards in one chat. */
  readonly progressIntervalMs: { readonly private: number; readonly group: number };
}

export type SendUse =
  /** Finished cards: before all else that waits. */
  | 'final'
  /** The first sign of a card, and replies in words, in order of arrival. */
  | 'answer'
  /** May use only a part of the budget. */
  | 'progress';

export interface SendOptions {
  /** Finished cards: before all else that waits. */
  readonly isFinal?: boolean;
  /** How many messages the call makes (an album counts by its files); 1 by default. */
  readonly messages?: number;
  /** Rather fails with `SendBusyError` than waits longer; for ever by default. */
  readonly maxWaitMs?: number;
}

export interface SendBudget {
  /**
   * Makes the call as soon as the limits allow it; one at a time for each chat. After a 429, the
   * chat rests for as long as that said, and so does the progress of all chats.
   * @throws SendBusyError, SendBudgetClosedError
   */
  run<T>(chatId: number, call: () => Promise<T>, options?: SendOptions): Promise<T>;
  /** Milliseconds until a card's show may begin. At 0 the turn is that card's for a moment. */
  readyInMs(chatId: number, cardKey: string, use: SendUse): number;
  /** Whatever still waits is refused. */
  close(): void;
}

/** The wait would be too long: the call was not made. */
export class SendBusyError extends Error {
  override readonly name = 'SendBusyError';
  readonly retryAfterMs: number;
  constructor(retryAfterMs: number) {
    super(`The chat is busy for another ${retryAfterMs} ms; the call was not made`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The bot stops: the call was not made. */
export class SendBudgetClosedError extends Error {
  override readonly name = 'SendBudgetClosedError';
  constructor() {
    super('The bot is stopping; the call was not made');
  }
}

interface WaitingCall {
  readonly isFinal: boolean;
  readonly messages: number;
  readonly start: () => Promise<void>;
  readonly refuse: (error: Error) => void;
}

interface ChatState {
  readonly isGroup: boolean;
  readonly waiting: WaitingCall[];
  busyUntil: number;
  nextAt: number;
  nextProgressAt: number;
  grant: { readonly cardKey: string; readonly until: number } | undefined;
  /** When each message of the last minute was sent. */
  sentAt: number[];
  readonly turns: ProgressTurns;
  timer: NodeJS.Timeout | undefined;
}

export interface SendBudgetDeps {
  /** Milliseconds on a clock that never goes back. */
  readonly monotonicMs?: () => number;
  /** Telegram's own unless told. */
  readonly limits?: SendLimits;
}

/** One for all that the bot sends and edits, as Telegram counts them together. */
export function createSendBudget(deps: SendBudgetDeps = {}): SendBudget {
  const nowMs = deps.monotonicMs ?? (() => performance.now());
  const limits = deps.limits ?? telegramLimits;
  const paceMs = 1000 / limits.overallPerSecond.progress;
  const chats = new Map<number, ChatState>();
  /** When progress, at an even pace, may be sent again. */
  let progressAt = 0;
  /** Progress leaves it to the chats that stand in its line. */
  const room = createSendRoom<ChatState>({
    perSecond: limits.overallPerSecond,
    nowMs,
    onFirst: (chat) => advance(chat),
  });
  let closed = false;

  const chatOf = (chatId: number): ChatState => {
    const known = chats.get(chatId);
    if (known) return known;
    if (chats.size >= 1000) forgetIdle(chats, nowMs(), limits.groupWindowMs);
    const fresh = newChat(chatId < 0);
    chats.set(chatId, fresh);
    return fresh;
  };

  /** What the chat itself must wait for, whoever asks. */
  const chatWaitMs = (chat: ChatState, part: 'all' | 'progress', messages: number): number => {
    const now = nowMs();
    chat.sentAt = chat.sentAt.filter((at) => now - at < limits.groupWindowMs);
    const inGroup = chat.isGroup
      ? lastInTheWay(chat.sentAt, limits.groupPerWindow[part], messages)
      : undefined;
    return Math.ceil(
      Math.max(
        0,
        chat.nextAt - now,
        // How long a call under way still takes is not known; the pause after it is.
        chat.busyUntil > now ? limits.chatIntervalMs : 0,
        inGroup === undefined ? 0 : inGroup + limits.groupWindowMs - now,
      ),
    );
  };

  /** What those take that wait for room already. */
  const lineWaitMs = (): number => {
    let messages = 0;
    for (const { waiting } of room.line) messages += nextOf(waiting)?.messages ?? 0;
    return Math.ceil((messages * 1000) / limits.overallPerSecond.all);
  };

  const waitMsOf = (chat: ChatState, part: 'all' | 'progress', messages = 1): number =>
    Math.max(chatWaitMs(chat, part, messages), room.waitMs(part, messages));

  /** Starts what may start, and sets an alarm for the next. */
  const advance = (chat: ChatState): void => {
    clearTimeout(chat.timer);
    chat.timer = undefined;
    const next = nextOf(chat.waiting);
    if (closed || !next) return;
    const ownMs = chatWaitMs(chat, 'all', next.messages);
    if (ownMs > 0) {
      chat.timer = setTimeout(() => advance(chat), ownMs);
      room.leave(chat);
      return;
    }
    if (!room.join(chat)) return;
    const overallMs = room.waitMs('all', next.messages);
    if (overallMs > 0) {
      chat.timer = setTimeout(() => advance(chat), overallMs);
      return;
    }
    chat.waiting.splice(chat.waiting.indexOf(next), 1);
    void perform(chat, next);
    room.leave(chat);
  };

  const perform = async (chat: ChatState, { start, messages }: WaitingCall): Promise<void> => {
    const startedAt = nowMs();
    chat.busyUntil = startedAt + longestHoldMs;
    room.take(messages);
    await start();
    // Counted from the end, as the platform took it at some time in between.
    const endedAt = nowMs();
    chat.busyUntil = 0;
    chat.nextAt = Math.max(chat.nextAt, endedAt + limits.chatIntervalMs * messages);
    chat.sentAt.push(...Array<number>(messages).fill(endedAt));
    advance(chat);
  };

  return {
    run(chatId, call, options = {}) {
      const { isFinal = false, messages = 1, maxWaitMs = Number.POSITIVE_INFINITY } = options;
      if (closed) return Promise.reject(new SendBudgetClosedError());
      const chat = chatOf(chatId);
      const ahead = chat.waiting.filter((other) => other.isFinal || !isFinal).length;
      const waitMs =
        Math.max(waitMsOf(chat, 'all', messages), lineWaitMs()) + ahead * limits.chatIntervalMs;
      if (waitMs > maxWaitMs) {
        // Progress, which never waits itself, would have taken the room again until then.
        const returnAt = nowMs() + waitMs + returnMs;
        if (maxWaitMs > 0) chat.nextProgressAt = Math.max(chat.nextProgressAt, returnAt);
        return Promise.reject(new SendBusyError(waitMs));
      }
      chat.grant = undefined;
      return new Promise((resolve, reject) => {
        const start = () =>
          call().then(resolve, (error: unknown) => {
            const failure = telegramFailureOf(error);
            if (failure?.kind === 'rate-limited') {
              chat.nextAt = nowMs() + failure.retryAfterMs;
              progressAt = Math.max(progressAt, chat.nextAt);
            }
            reject(error);
          });
        chat.waiting.push({ isFinal, messages, start, refuse: reject });
        advance(chat);
      });
    },

    readyInMs(chatId, cardKey, use) {
      const chat = chatOf(chatId);
      const now = nowMs();
      const isGranted = chat.grant !== undefined && chat.grant.until > now;
      if (isGranted) return chat.grant?.cardKey === cardKey ? 0 : limits.chatIntervalMs;
      if (use === 'progress') {
        const intervalMs = limits.progressIntervalMs[chat.isGroup ? 'group' : 'private'];
        const isNext = chat.turns.isNext(cardKey, now);
        const waitMs = Math.max(
          waitMsOf(chat, 'progress'),
          progressAt - now,
          chat.nextProgressAt - now,
          chat.waiting.length * limits.chatIntervalMs,
          room.line.size > 0 ? paceMs : 0,
          isNext ? 0 : intervalMs / 4,
        );
        if (waitMs > 0) return Math.ceil(waitMs);
        chat.turns.shown(cardKey, now);
        chat.nextProgressAt = now + intervalMs;
        progressAt = Math.max(progressAt, now - mostMadeGood * paceMs) + paceMs;
      } else {
        const waitMs = waitMsOf(chat, 'all');
        if (waitMs > 0) return waitMs;
      }
      chat.grant = { cardKey, until: now + grantMs };
      return 0;
    },

    close() {
      closed = true;
      for (const chat of chats.values()) {
        clearTimeout(chat.timer);
        for (const { refuse } of chat.waiting.splice(0)) refuse(new SendBudgetClosedError());
      }
    },
  };
}

function nextOf(waiting: readonly WaitingCall[]): WaitingCall | undefined {
  return waiting.find(({ isFinal }) => isFinal) ?? waiting[0];
}

function newChat(isGroup: boolean): ChatState {
  return {
    isGroup,
    waiting: [],
    busyUntil: 0,
    nextAt: 0,
    nextProgressAt: 0,
    grant: undefined,
    sentAt: [],
    turns: createProgressTurns(),
    timer: undefined,
  };
}

function forgetIdle(chats: Map<number, ChatState>, now: number, afterMs: number): void {
  for (const [chatId, chat] of chats) {
    const lastUse = Math.max(chat.nextAt, chat.busyUntil);
    if (chat.waiting.length === 0 && now - lastUse > afterMs) chats.delete(chatId);
  }
}
