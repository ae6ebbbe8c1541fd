import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.js';
import { refusal } from './errors.js';
import { createPlaygroundEvents, type PlaygroundEvents } from './events.js';
import { createFileStore, type FileStore } from './files.js';
import { permissionsOf } from './permissions.js';
import type { Channel, Guild, Interaction, Message, User } from './records.js';
import { createSnowflakes, type Snowflakes } from './snowflakes.js';

/** One bot, and everything that it could know about. */
export interface World {
  clock: Clock;
  snowflakes: Snowflakes;
  events: PlaygroundEvents;
  files: FileStore;
  token: string;
  /** The bot's user; the application has the same id, as with every newer application. */
  bot: User;
  users: Map<string, User>;
  guilds: Map<string, Guild>;
  channels: Map<string, Channel>;
  messages: Map<string, Message>;
  interactions: Map<string, Interaction>;
  /** Registered commands by id, global and of guilds, as Discord returns them. */
  commands: Map<string, RegisteredCommand>;
  /** What an interaction waits for its first answer. */
  firstAnswerWithinMs: number;
  /** Tells the bot's gateway sessions. Set by the gateway. */
  dispatch: Dispatch;
  /** `http://127.0.0.1:PORT`, known once the server listens. */
  origin: string;
}

export type RegisteredCommand = Record<string, unknown> & {
  id: string;
  type: number;
  name: string;
  guild_id?: string;
};

export interface DispatchScope {
  guildId?: string | undefined;
  /** Bit of the intent that a session needs for this event; none for what everyone gets. */
  intent?: number;
}

export type Dispatch = (event: string, data: Record<string, unknown>, scope: DispatchScope) => void;

export interface WorldOptions {
  clock: Clock;
  token?: string;
  botName: string;
  firstAnswerWithinMs: number;
}

export function createWorld(options: WorldOptions): World {
  const { clock } = options;
  const snowflakes = createSnowflakes(clock);
  const bot: User = {
    id: snowflakes.next(),
    username: options.botName,
    globalName: null,
    isBot: true,
    locale: 'en-US',
  };
  const world: World = {
    clock,
    snowflakes,
    events: createPlaygroundEvents(),
    files: createFileStore({ clock, snowflakes, origin: () => world.origin }),
    token: options.token ?? createToken(bot.id),
    bot,
    users: new Map([[bot.id, bot]]),
    guilds: new Map(),
    channels: new Map(),
    messages: new Map(),
    interactions: new Map(),
    commands: new Map(),
    firstAnswerWithinMs: options.firstAnswerWithinMs,
    dispatch: () => undefined,
    origin: '',
  };
  return world;
}

function createToken(botId: string): string {
  const random = (bytes: number) => randomBytes(bytes).toString('base64url');
  return `${Buffer.from(botId).toString('base64url')}.${random(4)}.${random(27)}`;
}

export function userOf(world: World, id: string): User {
  const user = world.users.get(id);
  if (!user) throw refusal('unknownUser');
  return user;
}

export function guildOf(world: World, channel: Channel): Guild | undefined {
  return channel.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
}

export function isBotIn(world: World, guild: Guild): boolean {
  return guild.members.has(world.bot.id);
}

export function botPermissions(world: World, channel: Channel): bigint {
  return permissionsOf(guildOf(world, channel), channel, world.bot.id);
}

/** Messages of a channel that still stand, oldest first. */
export function messagesIn(world: World, channelId: string): Message[] {
  const ids = world.channels.get(channelId)?.messageIds ?? [];
  return ids.flatMap((id) => {
    const message = world.messages.get(id);
    return message && message.deletedAt === undefined ? [message] : [];
  });
}
