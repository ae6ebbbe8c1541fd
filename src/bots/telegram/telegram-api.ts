import { Api } from 'grammy';
import type { ChatMigration } from './chat-migration.js';
import { answerError, networkError, TelegramCallError } from './telegram-errors.js';

export interface TelegramApiOptions {
  readonly token: string;
  /** Without a slash at its end, e.g. `https://api.telegram.org`. */
  readonly apiRoot: string;
  /** A call to a group came back with the id of the supergroup that it has become. */
  readonly onMigrated?: (migration: ChatMigration) => void;
}

/** How long one long poll may wait for updates. */
export const pollSeconds = 30;

const timeoutsMs: Readonly<Record<string, number>> = {
  getUpdates: (pollSeconds + 15) * 1000,
  editMessageMedia: 120_000,
  sendPhoto: 120_000,
  sendDocument: 120_000,
  sendMediaGroup: 120_000,
};

/**
 * grammY's client, with a time limit on every call, and with every failure as a
 * `TelegramCallError`. It retries nothing: who calls knows what may be repeated.
 */
export function createTelegramApi({ token, apiRoot, onMigrated }: TelegramApiOptions): Api {
  const { host } = new URL(apiRoot);
  const api = new Api(token, { apiRoot });
  api.config.use(async (prev, method, payload, signal) => {
    const limit = AbortSignal.timeout(timeoutsMs[method] ?? 20_000);
    const either = signal === undefined ? limit : AbortSignal.any([ours(signal), limit]);
    const answer = await prev(method, payload, theirs(either)).catch((error: unknown) => {
      throw error instanceof TelegramCallError ? error : networkError(method, host, error);
    });
    if (answer.ok) return answer;
    const error = answerError(method, answer);
    const { failure } = error;
    if (failure.kind === 'moved' && 'chat_id' in payload) {
      onMigrated?.({ fromChatId: Number(payload.chat_id), toChatId: failure.chatId });
    }
    throw error;
  });
  return api;
}

/** grammY's types name the class of a package from before Node.js had its own; the shape is one. */
type GrammySignal = Parameters<Api['raw']['getUpdates']>[1];

export function theirs(signal: AbortSignal): NonNullable<GrammySignal> {
  return signal as unknown as NonNullable<GrammySignal>;
}

function ours(signal: NonNullable<GrammySignal>): AbortSignal {
  return signal as unknown as AbortSignal;
}
