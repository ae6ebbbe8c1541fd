import { badRequest, conflict } from '../api-error.js';
import { toUnixSeconds } from '../clock.js';
import type { MethodCall, Methods } from './method.js';

export const receivingMethods: Methods = {
  getUpdates(call) {
    const { world, parameters, signal } = call;
    if (world.webhook.url !== '') {
      throw conflict(
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    const allowedUpdates = readAllowedUpdates(call);
    const offset = parameters.integer('offset');
    const limit = parameters.integer('limit');
    return world.updates.poll({
      timeoutMs: (parameters.integer('timeout') ?? 0) * 1000,
      signal,
      ...(offset !== undefined && { offset }),
      ...(limit !== undefined && { limit }),
      ...(allowedUpdates && { allowedUpdates }),
    });
  },

  setWebhook(call) {
    const { world, parameters } = call;
    const url = parameters.text('url') ?? '';
    // Only this machine may be reached without TLS: Telegram asks for it everywhere.
    if (url !== '' && !/^(https:\/\/|http:\/\/127\.0\.0\.1[:/])/.test(url)) {
      throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
    }
    const secretToken = parameters.text('secret_token');
    if (secretToken !== undefined && !/^[\w-]{1,256}$/.test(secretToken)) {
      throw badRequest('secret token contains unallowed characters');
    }
    const maxConnections = parameters.integer('max_connections') ?? 40;
    const allowedUpdates = readAllowedUpdates(call);
    if (allowedUpdates) world.updates.allow(allowedUpdates);
    if (parameters.boolean('drop_pending_updates')) world.updates.clear();
    world.webhook.set({ url, secretToken, maxConnections });
    if (url !== '') world.updates.interrupt('terminated by setWebhook request');
    return true;
  },

  deleteWebhook({ world, parameters }) {
    if (parameters.boolean('drop_pending_updates')) world.updates.clear();
    world.webhook.set({ url: '', secretToken: undefined, maxConnections: 40 });
    return true;
  },

  getWebhookInfo({ world: { webhook, updates } }) {
    return {
      url: webhook.url,
      has_custom_certificate: false,
      pending_update_count: updates.pending.length,
      ...(webhook.url !== '' && { max_connections: webhook.maxConnections }),
      ...(webhook.lastError && {
        last_error_date: toUnixSeconds(webhook.lastError.atMs),
        last_error_message: webhook.lastError.message,
      }),
      ...(updates.allowedUpdates && { allowed_updates: updates.allowedUpdates }),
    };
  },
};

/** Remembered from call to call; an empty list asks for the usual kinds again. */
function readAllowedUpdates({ parameters }: MethodCall): string[] | undefined {
  const allowed = parameters.structure('allowed_updates');
  if (allowed === undefined) return undefined;
  if (!Array.isArray(allowed) || !allowed.every((type) => typeof type === 'string')) {
    throw badRequest("can't parse allowed_updates JSON object");
  }
  return allowed;
}
