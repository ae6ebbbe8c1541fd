import type { Chat, ChatMember, User } from 'grammy/types';

export type RoomType = 'private' | 'group' | 'supergroup';
export type MemberStatus = 'creator' | 'administrator' | 'member';

export interface RoomMember {
  readonly user: User;
  status: MemberStatus;
}

/** A chat, as the servers know it. */
export interface Room {
  readonly id: number;
  readonly type: RoomType;
  readonly title: string;
  readonly username?: string;
  /** The other side of a private chat. */
  readonly person?: User;
  readonly isForum: boolean;
  /** The people in it, by id, without the bot. */
  readonly members: Map<number, RoomMember>;
  /** Names of forum topics by `message_thread_id`. */
  readonly topics: Map<number, string>;
  /** `absent` from a private chat until the person writes; `kicked` means blocked there. */
  bot: 'absent' | 'member' | 'administrator' | 'kicked';
  /** The supergroup that it is now. */
  upgradedTo?: number;
}

export interface UserProfile {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly username?: string;
  /** IETF tag of the person's app, such as `zh-hans`. */
  readonly languageCode?: string;
}

/** Everybody and every chat there is. */
export interface Directory {
  readonly rooms: ReadonlyMap<number, Room>;
  addUser(profile: UserProfile): User;
  addRoom(room: Pick<Room, 'type' | 'title' | 'username' | 'isForum' | 'bot'>): Room;
  privateRoom(user: User): Room;
  /** By number or `@username`. */
  find(chatId: string): Room | undefined;
  user(id: number): User | undefined;
}

export function createDirectory(idOffset = 0): Directory {
  const users = new Map<number, User>();
  const rooms = new Map<number, Room>();
  // Ids beyond 32 bits are common by now, and a client that truncates them should be found out.
  let nextUserId = 5_900_000_001 + idOffset;
  let nextGroupId = 4_100_000_001 + idOffset;

  function keep(room: Omit<Room, 'members' | 'topics'>): Room {
    const kept: Room = { ...room, members: new Map(), topics: new Map() };
    rooms.set(kept.id, kept);
    return kept;
  }

  return {
    rooms,
    addUser({ firstName, lastName, username, languageCode }) {
      const id = nextUserId;
      nextUserId += 1;
      const user: User = {
        id,
        is_bot: false,
        first_name: firstName ?? `Person ${id % 1000}`,
        ...(lastName !== undefined && { last_name: lastName }),
        ...(username !== undefined && { username }),
        ...(languageCode !== undefined && { language_code: languageCode }),
      };
      users.set(id, user);
      return user;
    },
    addRoom(room) {
      const number = nextGroupId;
      nextGroupId += 1;
      const id =
        room.type === 'supergroup' ? -1_000_000_000_000 - (number % 1_000_000_000) : -number;
      return keep({ ...room, id });
    },
    privateRoom(user) {
      return (
        rooms.get(user.id) ??
        keep({
          id: user.id,
          type: 'private',
          title: user.first_name,
          person: user,
          isForum: false,
          bot: 'absent',
        })
      );
    },
    find(chatId) {
      if (/^-?\d+$/.test(chatId)) return rooms.get(Number(chatId));
      const name = chatId.replace(/^@/, '').toLowerCase();
      return [...rooms.values()].find((room) => room.username?.toLowerCase() === name);
    },
    user: (id) => users.get(id),
  };
}

/** A chat as messages show it. */
export function renderChat(room: Room): Chat {
  if (room.person) {
    const { first_name, last_name, username } = room.person;
    return {
      id: room.id,
      type: 'private',
      first_name,
      ...(last_name !== undefined && { last_name }),
      ...(username !== undefined && { username }),
    };
  }
  if (room.type === 'group') return { id: room.id, type: 'group', title: room.title };
  return {
    id: room.id,
    type: 'supergroup',
    title: room.title,
    ...(room.username !== undefined && { username: room.username }),
    ...(room.isForum && { is_forum: true as const }),
  };
}

export function renderMember(user: User, status: MemberStatus | 'left' | 'kicked'): ChatMember {
  switch (status) {
    case 'creator':
      return { status, user, is_anonymous: false };
    case 'administrator':
      // Bot API 10.1 lists fewer rights than grammY's types, which are of a later version.
      return { status, user, ...administratorRights } as ChatMember;
    case 'kicked':
      return { status, user, until_date: 0 };
    default:
      return { status, user };
  }
}

const administratorRights = {
  can_be_edited: false,
  is_anonymous: false,
  can_manage_chat: true,
  can_delete_messages: true,
  can_manage_video_chats: true,
  can_restrict_members: true,
  can_promote_members: false,
  can_change_info: true,
  can_invite_users: true,
  can_post_stories: false,
  can_edit_stories: false,
  can_delete_stories: false,
  can_pin_messages: true,
  can_manage_topics: true,
} as const;
