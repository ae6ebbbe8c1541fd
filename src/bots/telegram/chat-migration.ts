import type { Message } from 'grammy/types';
import type { Logger } from 'pino';
import type { Engine } from '../../engine/index.js';
import { groupScopeOf } from './sender.js';

/** A group that became a supergroup: from then on it has another id. */
export interface ChatMigration {
  readonly fromChatId: number;
  readonly toChatId: number;
}

/**
 * What a service message tells of it: one in the group that was, one in the supergroup
 * (core.telegram.org/bots/api#message). Undefined for every other message.
 */
export function migrationOf(
  message: Pick<Message, 'chat' | 'migrate_to_chat_id' | 'migrate_from_chat_id'>,
): ChatMigration | undefined {
  const { chat, migrate_to_chat_id: toChatId, migrate_from_chat_id: fromChatId } = message;
  if (toChatId !== undefined) return { fromChatId: chat.id, toChatId };
  if (fromChatId !== undefined) return { fromChatId, toChatId: chat.id };
  return undefined;
}

export interface ChatMigrationDeps {
  readonly engine: { readonly administration: Pick<Engine['administration'], 'moveScope'> };
  readonly log: Logger;
}

/** Takes what was set and made in the group over to the supergroup. Harmless to repeat. */
export function createChatMigration({ engine, log }: ChatMigrationDeps) {
  return async ({ fromChatId, toChatId }: ChatMigration): Promise<void> => {
    await engine.administration.moveScope(groupScopeOf(fromChatId), groupScopeOf(toChatId));
    log.info({ fromChatId, toChatId }, 'A group became a supergroup, and keeps what it had');
  };
}
