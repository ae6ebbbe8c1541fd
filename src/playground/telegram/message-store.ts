import type {
  Document,
  ForumTopicCreated,
  InlineKeyboardMarkup,
  LinkPreviewOptions,
  Message,
  MessageEntity,
  PhotoSize,
  ReactionType,
  User,
} from 'grammy/types';
import { type Clock, toUnixSeconds } from './clock.js';
import { type Room, renderChat } from './directory.js';

/** What an edit may change, in the Bot API's words. */
export interface MessageContent {
  readonly text?: string;
  readonly entities?: MessageEntity[];
  readonly link_preview_options?: LinkPreviewOptions;
  readonly photo?: PhotoSize[];
  readonly document?: Document;
  readonly caption?: string;
  readonly caption_entities?: MessageEntity[];
  readonly show_caption_above_media?: true;
  readonly has_media_spoiler?: true;
  readonly forum_topic_created?: ForumTopicCreated;
  readonly migrate_to_chat_id?: number;
  readonly migrate_from_chat_id?: number;
  readonly reply_markup?: InlineKeyboardMarkup;
}

export interface MessageVersion {
  readonly atMs: number;
  readonly content: MessageContent;
}

/** A message that somebody sent, with everything it ever showed. */
export interface StoredMessage {
  readonly room: Room;
  readonly id: number;
  readonly from: User;
  readonly sentAtMs: number;
  readonly threadId?: number;
  readonly replyTo?: StoredMessage;
  readonly mediaGroupId?: string;
  readonly viaBot?: User;
  readonly isProtected?: boolean;
  readonly effectId?: string;
  /** Whether it opens a forum topic, whose thread id is its own id. */
  readonly isTopicStart?: boolean;
  /** Whether Telegram lets nobody edit it, since it came with a keyboard that is not inline. */
  readonly isFinal?: boolean;
  /** Oldest first; the last is what people see. */
  readonly versions: readonly MessageVersion[];
  readonly content: MessageContent;
  readonly deletedAtMs: number | undefined;
  readonly reactions: readonly ReactionType[];
}

export type MessageDraft = Omit<
  StoredMessage,
  'id' | 'sentAtMs' | 'versions' | 'deletedAtMs' | 'reactions'
>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface MessageStore {
  add(draft: MessageDraft): StoredMessage;
  revise(message: StoredMessage, content: MessageContent): void;
  remove(message: StoredMessage): void;
  react(message: StoredMessage, reactions: readonly ReactionType[]): void;
  /** Deleted messages are found by `of` alone. */
  find(room: Room, id: number): StoredMessage | undefined;
  /** Every message of a chat, in order, deleted ones included. */
  of(room: Room): StoredMessage[];
}

export function createMessageStore(clock: Clock): MessageStore {
  const messages = new Map<number, Map<number, Mutable<StoredMessage>>>();
  // A supergroup counts for itself; private chats and small groups share the account's counter.
  const lastIds = new Map<number | 'account', number>();

  function inRoom(room: Room): Map<number, Mutable<StoredMessage>> {
    const known = messages.get(room.id) ?? new Map<number, Mutable<StoredMessage>>();
    messages.set(room.id, known);
    return known;
  }

  function stored(message: StoredMessage): Mutable<StoredMessage> {
    const found = inRoom(message.room).get(message.id);
    if (!found) throw new Error(`message ${message.id} is not of chat ${message.room.id}`);
    return found;
  }

  return {
    add(draft) {
      const counter = draft.room.type === 'supergroup' ? draft.room.id : 'account';
      // Message 1 tells that a supergroup was made, and is the General topic of a forum.
      const id = (lastIds.get(counter) ?? (counter === 'account' ? 0 : 1)) + 1;
      lastIds.set(counter, id);
      const sentAtMs = clock.now();
      const message: StoredMessage = {
        ...draft,
        id,
        sentAtMs,
        versions: [{ atMs: sentAtMs, content: draft.content }],
        deletedAtMs: undefined,
        reactions: [],
      };
      inRoom(draft.room).set(id, message);
      return message;
    },
    revise(message, content) {
      const target = stored(message);
      target.content = content;
      target.versions = [...target.versions, { atMs: clock.now(), content }];
    },
    remove(message) {
      stored(message).deletedAtMs = clock.now();
    },
    react(message, reactions) {
      stored(message).reactions = reactions;
    },
    find(room, id) {
      const message = inRoom(room).get(id);
      return message && message.deletedAtMs === undefined ? message : undefined;
    },
    of: (room) => [...inRoom(room).values()],
  };
}

/** A message as the Bot API shows it; the one it replies to comes without its own reply. */
export function renderMessage(message: StoredMessage, withReply = true): Message {
  const { room, versions, replyTo } = message;
  const threadId = message.isTopicStart ? message.id : message.threadId;
  const lastEdit = versions.length > 1 ? versions.at(-1) : undefined;
  const rendered = {
    message_id: message.id,
    from: message.from,
    chat: renderChat(room),
    date: toUnixSeconds(message.sentAtMs),
    ...(lastEdit && { edit_date: toUnixSeconds(lastEdit.atMs) }),
    ...(threadId !== undefined && {
      message_thread_id: threadId,
      is_topic_message: true,
    }),
    ...(withReply &&
      replyTo?.deletedAtMs === undefined &&
      replyTo && { reply_to_message: renderMessage(replyTo, false) }),
    ...(message.viaBot && { via_bot: message.viaBot }),
    ...(message.mediaGroupId !== undefined && { media_group_id: message.mediaGroupId }),
    ...(message.isProtected && { has_protected_content: true }),
    ...(message.effectId !== undefined && { effect_id: message.effectId }),
    ...message.content,
  };
  return rendered as Message;
}
