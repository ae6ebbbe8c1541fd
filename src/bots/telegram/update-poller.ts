import type { Api } from 'grammy';
import type { Update } from 'grammy/types';
import type { Logger } from 'pino';
import { backoffMs, createOutageLog } from './outage.js';
import { pollSeconds, theirs } from './telegram-api.js';
import { TelegramCallError } from './telegram-errors.js';

export interface UpdatePollerDeps {
  readonly api: Api;
  readonly log: Logger;
  /** Resolves once no update needs to come again, or with the id of the first that does. */
  readonly take: (updates: readonly Update[]) => Promise<number | undefined>;
  /** Resolves early when the bot stops. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly stopSignal: AbortSignal;
}

/** A second bot on the same token takes a while to notice that it should end. */
const conflictDelayMs = 3000;

/** Before updates come again of which nothing could be kept, and nobody told. */
const againDelayMs = 1000;

/**
 * Polls until the bot stops, whatever happens to the network meanwhile. The offset, which makes
 * Telegram forget what came before it, moves only after `take`.
 */
export async function pollUpdates(deps: UpdatePollerDeps): Promise<void> {
  const { api, log, take, sleep, stopSignal } = deps;
  const outage = createOutageLog(log, 'Telegram sends no updates');
  let offset = 0;
  let failures = 0;
  while (!stopSignal.aborted) {
    try {
      const updates = await longPoll(api, offset, stopSignal);
      outage.ended();
      failures = 0;
      const again = await take(updates);
      offset = Math.max(offset, again ?? nextAfter(updates));
      if (again !== undefined) await sleep(againDelayMs);
    } catch (error) {
      if (stopSignal.aborted) return;
      failures += 1;
      if (!(error instanceof TelegramCallError)) {
        log.error({ err: error }, 'Updates could not be taken');
        await sleep(backoffMs(failures));
        continue;
      }
      const { failure, reason } = error;
      outage.goesOn(failure.kind === 'conflict' ? conflictReason(failure.webhook) : reason);
      if (failure.kind === 'conflict' && failure.webhook) await removeWebhook(api, log);
      await sleep(
        failure.kind === 'rate-limited'
          ? failure.retryAfterMs
          : failure.kind === 'conflict'
            ? conflictDelayMs
            : backoffMs(failures),
      );
    }
  }
}

function nextAfter(updates: readonly Update[]): number {
  return Math.max(0, ...updates.map(({ update_id }) => update_id + 1));
}

async function longPoll(api: Api, offset: number, stopSignal: AbortSignal): Promise<Update[]> {
  // A signal of its own for each call, as listeners would pile up on the one that lives on.
  const call = new AbortController();
  const abort = () => call.abort();
  stopSignal.addEventListener('abort', abort, { once: true });
  try {
    return await api.getUpdates(
      {
        ...(offset > 0 ? { offset } : {}),
        limit: 100,
        timeout: pollSeconds,
        allowed_updates: ['message', 'callback_query'],
      },
      theirs(call.signal),
    );
  } finally {
    stopSignal.removeEventListener('abort', abort);
  }
}

function conflictReason(webhook: boolean): string {
  return webhook
    ? 'a webhook is set for this token; removing it'
    : 'somebody else polls with this token (409); waiting until that one stops';
}

async function removeWebhook(api: Api, log: Logger): Promise<void> {
  try {
    await api.deleteWebhook();
  } catch (error) {
    log.warn({ err: error }, 'The webhook could not be removed');
  }
}
