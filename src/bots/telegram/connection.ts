import type { Api } from 'grammy';
import type { UserFromGetMe } from 'grammy/types';
import type { Logger } from 'pino';
import { StartError } from '../../chat/start-error.js';
import { backoffMs, createOutageLog } from './outage.js';
import { TelegramCallError } from './telegram-errors.js';

export interface ConnectionDeps {
  readonly api: Api;
  readonly host: string;
  readonly log: Logger;
  /** Resolves early when the bot stops. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly stopSignal: AbortSignal;
}

/**
 * Learns who the bot is; waits as long as Telegram is away. Undefined: the bot was stopped first.
 * @throws StartError when the token is wrong
 */
export async function connect(deps: ConnectionDeps): Promise<UserFromGetMe | undefined> {
  const { api, host, log, sleep, stopSignal } = deps;
  const outage = createOutageLog(log, `Cannot reach Telegram at ${host}`);
  for (let failures = 1; !stopSignal.aborted; failures += 1) {
    try {
      const me = await api.getMe();
      outage.ended();
      return me;
    } catch (error) {
      if (!(error instanceof TelegramCallError)) throw error;
      const { failure, reason } = error;
      if (failure.kind === 'unauthorized') {
        throw new StartError(`TELEGRAM_TOKEN was refused by ${host} (${reason})`, {
          retryable: false,
        });
      }
      outage.goesOn(reason);
      await sleep(failure.kind === 'rate-limited' ? failure.retryAfterMs : backoffMs(failures));
    }
  }
  return undefined;
}
