import type { User } from 'grammy/types';
import type { PressedButton } from './callback-queries.js';
import { deliver, deliverMessage } from './delivery.js';
import { type Room, renderChat, type UserProfile } from './directory.js';
import {
  type MessageContent,
  type MessageDraft,
  renderMessage,
  type StoredMessage,
} from './message-store.js';
import { newMediaGroupId } from './methods/albums.js';
import { topicStart } from './methods/targets.js';
import {
  makePersonalCaption,
  makePersonalContent,
  makePersonalText,
  type PersonalContent,
} from './personal-content.js';
import { setBotStatus } from './rooms.js';
import type { World } from './world.js';

export interface MessageOptions {
  readonly replyTo?: StoredMessage;
  readonly threadId?: number;
  /** Sent through the bot's inline mode. */
  readonly viaBot?: boolean;
}

export interface AlbumOptions extends MessageOptions {
  /** Indices in the order in which their updates reach the bot; those left out never do. */
  readonly deliveryOrder?: readonly number[];
  /** Runs before each update but the first, with its place in the order. */
  readonly between?: (place: number) => void | Promise<void>;
}

/** Somebody with a phone. */
export interface Person {
  readonly user: User;
  /** The chat with the bot; the bot knows it once the person has written there. */
  readonly chat: Room;
  send(room: Room, content: PersonalContent & MessageOptions): Promise<StoredMessage>;
  sendAlbum(
    room: Room,
    items: readonly PersonalContent[],
    options?: AlbumOptions,
  ): Promise<StoredMessage[]>;
  edit(message: StoredMessage, content: Pick<PersonalContent, 'text' | 'caption'>): void;
  /** Throws when the message shows no such button, unless `isStale`: the person's app lags behind. */
  press(message: StoredMessage, data: string, options?: { isStale?: boolean }): PressedButton;
  /** Deletes anybody's message for everybody, of which Telegram tells bots nothing. */
  delete(message: StoredMessage): void;
  /** Blocks the bot. */
  block(): void;
  unblock(): void;
}

export function createPerson(world: World, profile: UserProfile): Person {
  const user = world.directory.addUser(profile);
  const chat = world.directory.privateRoom(user);

  return {
    user,
    chat,
    async send(room, content) {
      const made = await makePersonalContent(world, content);
      const message = post(world, user, room, made, content);
      deliverMessage(world, message, 'message');
      return message;
    },
    async sendAlbum(room, items, options = {}) {
      if (items.length < 2 || items.length > 10) throw new Error('an album has 2 to 10 items');
      const mediaGroupId = newMediaGroupId();
      const contents = await Promise.all(items.map((item) => makePersonalContent(world, item)));
      const messages = contents.map((content) =>
        post(world, user, room, content, { ...options, mediaGroupId }),
      );
      const order = options.deliveryOrder ?? items.keys();
      for (const [place, index] of [...order].entries()) {
        const message = messages[index];
        if (!message) throw new Error(`the album has no item ${index}`);
        if (place > 0) await options.between?.(place);
        deliverMessage(world, message, 'message');
      }
      return messages;
    },
    edit(message, { text, caption }) {
      if (message.from.id !== user.id) throw new Error('people edit only what they wrote');
      const { photo, document } = message.content;
      const content =
        text === undefined
          ? {
              ...(photo && { photo }),
              ...(document && { document }),
              ...makePersonalCaption(caption),
            }
          : makePersonalText(text);
      world.messages.revise(message, content);
      world.events.emit('edit', message);
      deliverMessage(world, message, 'edited_message');
    },
    press(message, data, { isStale = false } = {}) {
      if (!isStale && !showsButton(message, data)) {
        throw new Error(`message ${message.id} shows no button with ${JSON.stringify(data)}`);
      }
      const press = world.callbacks.add({ from: user, message, data });
      deliver(world, {
        callback_query: {
          id: press.id,
          from: user,
          message:
            message.deletedAtMs === undefined
              ? renderMessage(message)
              : { chat: renderChat(message.room), message_id: message.id, date: 0 },
          chat_instance: String(7_000_000_000_000_000n + BigInt(Math.abs(message.room.id))),
          data,
        },
      });
      return press;
    },
    delete(message) {
      world.messages.remove(message);
      world.events.emit('delete', message);
    },
    block: () => setBotStatus(world, chat, 'kicked', user),
    unblock: () => setBotStatus(world, chat, 'member', user),
  };
}

function post(
  world: World,
  user: User,
  room: Room,
  content: MessageContent,
  options: MessageOptions & { readonly mediaGroupId?: string },
): StoredMessage {
  enter(user, room);
  const { threadId, mediaGroupId } = options;
  if (threadId !== undefined && !room.topics.has(threadId)) {
    throw new Error(`chat ${room.id} has no topic ${threadId}`);
  }
  const replyTo = options.replyTo ?? topicStart({ world }, room, threadId);
  const draft: MessageDraft = {
    room,
    from: user,
    content,
    ...(threadId !== undefined && { threadId }),
    ...(replyTo && { replyTo }),
    ...(mediaGroupId !== undefined && { mediaGroupId }),
    ...(options.viaBot && { viaBot: world.bot.user }),
  };
  const message = world.messages.add(draft);
  world.events.emit('message', message);
  return message;
}

function enter(user: User, room: Room): void {
  if (room.type !== 'private') {
    if (!room.members.has(user.id)) throw new Error(`${user.id} is no member of ${room.id}`);
    return;
  }
  if (room.id !== user.id) throw new Error(`${user.id} cannot write in the chat of ${room.id}`);
  if (room.bot === 'absent') room.bot = 'member';
  if (room.bot === 'kicked') throw new Error(`${user.id} has blocked the bot`);
}

function showsButton(message: StoredMessage, data: string): boolean {
  const buttons = message.content.reply_markup?.inline_keyboard.flat() ?? [];
  return (
    message.deletedAtMs === undefined &&
    buttons.some((button) => 'callback_data' in button && button.callback_data === data)
  );
}
