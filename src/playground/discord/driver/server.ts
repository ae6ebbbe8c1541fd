import { intents } from '../gateway/intents.js';
import { defaultAttachmentSizeLimit, deleteMessage } from '../messages.js';
import { everyoneDefault, type PermissionName, sumOf } from '../permissions.js';
import { type Channel, channelTypes, type Guild, type Message, type User } from '../records.js';
import { channelJson, joinedGuildJson, memberJson } from '../wire.js';
import { isBotIn, type World } from '../world.js';
import { type ChannelHandle, createChannelHandle } from './handles.js';
import { createPerson, type Person } from './person.js';

export interface GuildHandle {
  readonly id: string;
  readonly record: Guild;
  createChannel(options: NewChannel): ChannelHandle;
  /** A thread that everybody who sees the channel sees. */
  createThread(parent: ChannelHandle, options: { name: string }): ChannelHandle;
  /** Lets a person in, with permissions beyond everyone's, such as `ManageGuild`. */
  addMember(person: Person, options?: { permissions?: readonly PermissionName[] }): void;
}

export interface NewGuild {
  name: string;
  locale?: string;
  /** False for a server that never invited the bot: its commands work there by user installation. */
  hasBot?: boolean;
  /** What the bot may do beyond everyone's permissions. */
  botPermissions?: readonly PermissionName[];
  /** Bytes a file may have; 10 MiB where absent. */
  attachmentSizeLimit?: number;
}

export interface NewChannel {
  name: string;
  isAgeRestricted?: boolean;
  /** What the bot may not do here, such as `AttachFiles`. */
  botLacks?: readonly PermissionName[];
}

export interface NewPerson {
  name: string;
  locale?: string;
}

/** The people and places around the bot. */
export interface Driver {
  createPerson(options: NewPerson): Person;
  createGuild(options: NewGuild): GuildHandle;
  /** A moderator removes a message. */
  deleteMessage(message: Message): void;
  /** A moderator closes a thread. `locked`: nobody but those who manage threads opens it again. */
  archiveThread(thread: ChannelHandle, options?: { locked?: boolean }): void;
  /** A moderator removes a channel with all that was said in it. */
  deleteChannel(channel: ChannelHandle): void;
}

export function createDriver(world: World): Driver {
  const addUser = (options: NewPerson): User => {
    const user: User = {
      id: world.snowflakes.next(),
      username: options.name.toLowerCase().replace(/[^a-z0-9._]/g, '_'),
      globalName: options.name,
      isBot: false,
      locale: options.locale ?? 'en-US',
    };
    world.users.set(user.id, user);
    return user;
  };
  return {
    createPerson: (options) => createPerson(world, addUser(options)),
    createGuild: (options) => openGuild(world, addUser({ name: `${options.name} owner` }), options),
    deleteMessage: (message) => deleteMessage(world, message),
    archiveThread({ record }, { locked = false } = {}) {
      if (!record.thread) throw new Error(`${record.name} is no thread`);
      record.thread.isArchived = true;
      record.thread.isLocked = locked;
    },
    deleteChannel: ({ record }) => removeChannel(world, record),
  };
}

function openGuild(world: World, owner: User, options: NewGuild): GuildHandle {
  const id = world.snowflakes.next();
  const guild: Guild = {
    id,
    name: options.name,
    ownerId: owner.id,
    locale: options.locale ?? 'en-US',
    roles: new Map([[id, { id, name: '@everyone', permissions: everyoneDefault, position: 0 }]]),
    members: new Map(),
    channelIds: [],
    attachmentSizeLimit: options.attachmentSizeLimit ?? defaultAttachmentSizeLimit,
  };
  world.guilds.set(id, guild);
  join(world, guild, owner.id, []);
  if (options.hasBot !== false) {
    join(world, guild, world.bot.id, options.botPermissions ?? []);
    const scope = { guildId: id, intent: intents.guilds };
    world.dispatch('GUILD_CREATE', joinedGuildJson(world, guild), scope);
  }
  return {
    id,
    record: guild,
    createChannel: (details) => createChannelHandle(world, openChannel(world, guild, details)),
    createThread: (parent, { name }) =>
      createChannelHandle(world, openThread(world, guild, parent.record, name)),
    addMember(person, { permissions = [] } = {}) {
      join(world, guild, person.id, permissions);
      const member = guild.members.get(person.id);
      if (!member || !isBotIn(world, guild)) return;
      const data = { ...memberJson(world, member), guild_id: guild.id };
      const scope = { guildId: guild.id, intent: intents.guildMembers };
      world.dispatch('GUILD_MEMBER_ADD', data, scope);
    },
  };
}

/** Permissions come as a role of the member's own. */
function join(
  world: World,
  guild: Guild,
  userId: string,
  permissions: readonly PermissionName[],
): void {
  const roleIds: string[] = [];
  if (permissions.length > 0) {
    const id = world.snowflakes.next();
    const name = permissions.join(', ');
    const position = guild.roles.size;
    guild.roles.set(id, { id, name, permissions: sumOf(permissions), position });
    roleIds.push(id);
  }
  guild.members.set(userId, { userId, roleIds, joinedAt: world.clock.now() });
}

function openChannel(world: World, guild: Guild, options: NewChannel): Channel {
  const botLacks = options.botLacks ?? [];
  const channel: Channel = {
    id: world.snowflakes.next(),
    type: channelTypes.guildText,
    guildId: guild.id,
    name: options.name,
    isAgeRestricted: options.isAgeRestricted ?? false,
    recipientIds: [],
    overwrites:
      botLacks.length === 0
        ? []
        : [{ id: world.bot.id, type: 1, allow: 0n, deny: sumOf(botLacks) }],
    lastMessageId: null,
    messageIds: [],
  };
  world.channels.set(channel.id, channel);
  guild.channelIds.push(channel.id);
  if (isBotIn(world, guild)) {
    const scope = { guildId: guild.id, intent: intents.guilds };
    world.dispatch('CHANNEL_CREATE', channelJson(world, channel), scope);
  }
  return channel;
}

function openThread(world: World, guild: Guild, parent: Channel, name: string): Channel {
  const thread: Channel = {
    ...parent,
    id: world.snowflakes.next(),
    type: channelTypes.publicThread,
    name,
    lastMessageId: null,
    messageIds: [],
    thread: { parentId: parent.id, isArchived: false, isLocked: false },
  };
  world.channels.set(thread.id, thread);
  if (isBotIn(world, guild)) {
    const scope = { guildId: guild.id, intent: intents.guilds };
    world.dispatch('THREAD_CREATE', channelJson(world, thread), scope);
  }
  return thread;
}

function removeChannel(world: World, channel: Channel): void {
  world.channels.delete(channel.id);
  const guild = world.guilds.get(channel.guildId ?? '');
  if (!guild) return;
  guild.channelIds = guild.channelIds.filter((id) => id !== channel.id);
  if (!isBotIn(world, guild)) return;
  const scope = { guildId: guild.id, intent: intents.guilds };
  world.dispatch('CHANNEL_DELETE', channelJson(world, channel), scope);
}
