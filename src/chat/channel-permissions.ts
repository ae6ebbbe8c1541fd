import { Refusal, sentence } from './refusal.js';
import type { ChannelPermission, ChatRequest } from './request.js';

const texts = {
  'view-channel': 'missing-view-channel',
  'send-messages': 'missing-send-messages',
  'send-messages-in-threads': 'missing-send-messages-in-threads',
  'attach-files': 'missing-attach-files',
} as const satisfies Record<ChannelPermission, string>;

/** Before anything runs whose result could not be shown. @throws Refusal */
export function checkChannelPermissions({ missingPermissions = [] }: ChatRequest): void {
  if (missingPermissions.length === 0) return;
  throw new Refusal(...missingPermissions.map((name) => sentence(texts[name])));
}
