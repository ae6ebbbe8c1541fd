import type { Update } from 'grammy/types';
import type { Clock } from './clock.js';
import type { UpdateQueue } from './update-queue.js';

export interface WebhookTarget {
  /** Empty while the bot polls. */
  readonly url: string;
  readonly secretToken: string | undefined;
  readonly maxConnections: number;
}

export interface Webhook extends WebhookTarget {
  readonly lastError: { readonly atMs: number; readonly message: string } | undefined;
  set(target: WebhookTarget): void;
  close(): void;
}

const retryMs = 500;

/**
 * Delivers updates to the bot's own server, one at a time and in order, again and again until it
 * answers 2xx (core.telegram.org/bots/api#setwebhook). A method in the answer's body is not run.
 */
export function createWebhook(updates: UpdateQueue, clock: Clock): Webhook {
  let target: WebhookTarget = { url: '', secretToken: undefined, maxConnections: 40 };
  let lastError: Webhook['lastError'];
  let isDelivering = false;
  let isClosed = false;
  let retry: NodeJS.Timeout | undefined;

  async function post(update: Update): Promise<void> {
    const { url, secretToken } = target;
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(secretToken !== undefined && { 'x-telegram-bot-api-secret-token': secretToken }),
      },
      body: JSON.stringify(update),
      signal: AbortSignal.timeout(60_000),
    });
    await response.arrayBuffer();
    if (!response.ok) {
      throw new Error(`Wrong response from the webhook: ${response.status} ${response.statusText}`);
    }
  }

  async function deliver(): Promise<void> {
    if (isDelivering) return;
    isDelivering = true;
    try {
      for (;;) {
        const update = updates.pending[0];
        if (!update || target.url === '' || isClosed) return;
        await post(update);
        updates.confirm(update);
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      lastError = { atMs: clock.now(), message };
      if (!isClosed) retry = setTimeout(() => void deliver(), retryMs);
    } finally {
      isDelivering = false;
    }
  }

  updates.onPush = () => void deliver();
  return {
    get url() {
      return target.url;
    },
    get secretToken() {
      return target.secretToken;
    },
    get maxConnections() {
      return target.maxConnections;
    },
    get lastError() {
      return lastError;
    },
    set(next) {
      target = next;
      lastError = undefined;
      void deliver();
    },
    close() {
      isClosed = true;
      clearTimeout(retry);
    },
  };
}
