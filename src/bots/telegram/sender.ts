import type { Chat, Message, User } from 'grammy/types';
import type { Identity, RequestPlace } from '../../engine/index.js';

/** Somebody who speaks to the bot. */
export interface Sender {
  readonly identity: Identity;
  /** Null for a chat that speaks in its own name: there is nobody to look up. */
  readonly userId: number | null;
  /** A group's anonymous administrator: known to be one, though not who. */
  readonly isAnonymousAdmin: boolean;
}

/**
 * Who wrote a message. Anonymous administrators and channels speak in the name of a chat; then that
 * chat is who they are, as the `from` of such messages is one fake user for all
 * (core.telegram.org/bots/api#message). Undefined for bots and for posts of nobody.
 */
export function senderOf(message: Message): Sender | undefined {
  const { from, sender_chat: senderChat, chat } = message;
  if (senderChat !== undefined) {
    return {
      identity: {
        platform: 'telegram',
        // Ids of channels and supergroups begin with -100 and are longer than any person's.
        platformUserId: String(Math.abs(senderChat.id)),
        name: titleOf(senderChat),
        locale: from?.language_code ?? 'en',
      },
      userId: null,
      isAnonymousAdmin: senderChat.id === chat.id,
    };
  }
  return from === undefined || from.is_bot ? undefined : personSender(from);
}

export function personSender(user: User): Sender {
  const fullName = [user.first_name, user.last_name].filter(Boolean).join(' ').trim();
  return {
    identity: {
      platform: 'telegram',
      platformUserId: String(user.id),
      name: fullName || user.username || String(user.id),
      ...(user.username === undefined ? {} : { handle: user.username }),
      locale: user.language_code ?? 'en',
    },
    userId: user.id,
    isAnonymousAdmin: false,
  };
}

export function scopeIdOf(chat: Pick<Chat, 'id' | 'type'>): string {
  return chat.type === 'private' ? `telegram:dm:${chat.id}` : `telegram:${chat.id}`;
}

/** A group of that id as what settings hang on, and as a place that rules name. */
export function groupScopeOf(chatId: number): { scopeId: string; placeId: string } {
  return { scopeId: scopeIdOf({ id: chatId, type: 'group' }), placeId: String(chatId) };
}

/** The forum topic; a thread of replies in an ordinary group has an id too, and is none. */
export function threadIdOf(message: Message): number | null {
  return message.is_topic_message ? (message.message_thread_id ?? null) : null;
}

/** The topic, where there is one, and the chat. Telegram marks no chat as one for adults. */
export function placeOf(chatId: number, threadId: number | null): RequestPlace {
  const ids = threadId === null ? [chatId] : [threadId, chatId];
  return { ids: ids.map(String), isAgeRestricted: async () => null };
}

function titleOf(chat: Chat): string {
  return chat.title ?? chat.username ?? String(chat.id);
}
