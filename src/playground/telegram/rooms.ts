import type { User } from 'grammy/types';
import { toUnixSeconds } from './clock.js';
import { deliver, deliverMessage } from './delivery.js';
import { type MemberStatus, type Room, renderChat, renderMember } from './directory.js';
import type { MessageContent } from './message-store.js';
import { botStatus } from './methods/chats.js';
import type { UpdateBody } from './update-queue.js';
import type { World } from './world.js';

export interface GroupOptions {
  readonly title?: string;
  readonly owner: { readonly user: User };
  readonly members?: ReadonlyArray<{ readonly user: User }>;
  /** `member` by default. */
  readonly bot?: Room['bot'];
}

export interface SupergroupOptions extends GroupOptions {
  /** Public supergroups have one. */
  readonly username?: string;
  readonly isForum?: boolean;
}

export function createGroup(world: World, options: GroupOptions): Room {
  return createRoom(world, 'group', options);
}

export function createSupergroup(world: World, options: SupergroupOptions): Room {
  return createRoom(world, 'supergroup', options);
}

function createRoom(
  world: World,
  type: 'group' | 'supergroup',
  { title, owner, members = [], bot = 'member', username, isForum = false }: SupergroupOptions,
): Room {
  const room = world.directory.addRoom({
    type,
    title: title ?? (type === 'group' ? 'A group' : 'A supergroup'),
    isForum,
    bot,
    ...(username !== undefined && { username }),
  });
  for (const { user } of members) setMemberStatus(room, user, 'member');
  setMemberStatus(room, owner.user, 'creator');
  return room;
}

/** The fake user in whose name a supergroup itself speaks (core.telegram.org/bots/api#message). */
const groupAnonymousBot: User = {
  id: 1087968824,
  is_bot: true,
  first_name: 'Group',
  username: 'GroupAnonymousBot',
};

/**
 * A group becomes a supergroup of another id, in which messages count anew; whoever calls the old
 * one is told so (core.telegram.org/bots/api#responseparameters), and a service message in each
 * names the other.
 */
export function upgradeGroup(world: World, room: Room): Room {
  if (room.type !== 'group') throw new Error(`chat ${room.id} is no group`);
  const { title = '', bot, members } = room;
  const upgraded = world.directory.addRoom({ type: 'supergroup', title, isForum: false, bot });
  for (const { user, status } of members.values()) setMemberStatus(upgraded, user, status);
  room.upgradedTo = upgraded.id;
  const owner = [...members.values()].find(({ status }) => status === 'creator')?.user;
  if (owner) announce(world, room, owner, { migrate_to_chat_id: upgraded.id });
  announce(world, upgraded, groupAnonymousBot, { migrate_from_chat_id: room.id });
  return upgraded;
}

function announce(world: World, room: Room, from: User, content: MessageContent): void {
  const message = world.messages.add({ room, from, content });
  world.events.emit('message', message);
  deliverMessage(world, message, 'message');
}

/** Lets somebody join, promotes or demotes them; `left` takes them out. */
export function setMemberStatus(room: Room, user: User, status: MemberStatus | 'left'): void {
  if (room.type === 'private') throw new Error('a private chat has no members to manage');
  if (status === 'left') room.members.delete(user.id);
  else room.members.set(user.id, { user, status });
}

/** Adds the bot to a chat, promotes it, or puts it out, which it learns as `my_chat_member`. */
export function setBotStatus(
  world: World,
  room: Room,
  status: Exclude<Room['bot'], 'absent'>,
  by: User,
): void {
  const before = renderMember(world.bot.user, botStatus(room));
  room.bot = status;
  deliver(world, {
    my_chat_member: {
      chat: renderChat(room),
      from: by,
      date: toUnixSeconds(world.clock.now()),
      old_chat_member: before,
      new_chat_member: renderMember(world.bot.user, botStatus(room)),
    },
  } as UpdateBody);
}

/** Opens a forum topic and gives its `message_thread_id`, which is the id of its first message. */
export function createTopic(world: World, room: Room, name: string, by: User): number {
  if (!room.isForum) throw new Error(`chat ${room.id} is no forum`);
  const message = world.messages.add({
    room,
    from: by,
    isTopicStart: true,
    content: { forum_topic_created: { name, icon_color: 0x6fb9f0 } },
  });
  room.topics.set(message.id, name);
  world.events.emit('message', message);
  deliverMessage(world, message, 'message');
  return message.id;
}
