import { guildPermissionsOf, permissionsOf } from './permissions.js';
import {
  type Channel,
  channelTypes,
  type Guild,
  type Member,
  type Role,
  type User,
} from './records.js';
import { guildOf, userOf, type World } from './world.js';

type Json = Record<string, unknown>;

export function userJson(user: User): Json {
  return {
    id: user.id,
    username: user.username,
    avatar: null,
    discriminator: user.isBot ? '0001' : '0',
    public_flags: 0,
    flags: 0,
    bot: user.isBot,
    banner: null,
    accent_color: null,
    global_name: user.globalName,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
  };
}

export function botAccountJson(user: User): Json {
  return { ...userJson(user), mfa_enabled: true, locale: user.locale, verified: true, email: null };
}

export function roleJson(role: Role): Json {
  return {
    id: role.id,
    name: role.name,
    permissions: role.permissions.toString(),
    position: role.position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: false,
    mentionable: false,
    icon: null,
    unicode_emoji: null,
    flags: 0,
  };
}

export function memberJson(world: World, member: Member): Json {
  return {
    avatar: null,
    banner: null,
    communication_disabled_until: null,
    flags: 0,
    joined_at: new Date(member.joinedAt).toISOString(),
    nick: null,
    pending: false,
    premium_since: null,
    roles: member.roleIds,
    user: userJson(userOf(world, member.userId)),
    mute: false,
    deaf: false,
  };
}

export function channelJson(world: World, channel: Channel): Json {
  const shared = {
    id: channel.id,
    type: channel.type,
    flags: 0,
    last_message_id: channel.lastMessageId,
  };
  if (channel.type === channelTypes.directMessage) {
    const recipients = channel.recipientIds.map((id) => userJson(userOf(world, id)));
    return { ...shared, recipients };
  }
  if (channel.thread) return { ...shared, ...threadJson(world, channel, channel.thread) };
  return {
    ...shared,
    guild_id: channel.guildId,
    name: channel.name,
    parent_id: null,
    rate_limit_per_user: 0,
    topic: null,
    position: 0,
    permission_overwrites: channel.overwrites.map(({ id, type, allow, deny }) => ({
      id,
      type,
      allow: allow.toString(),
      deny: deny.toString(),
    })),
    nsfw: channel.isAgeRestricted,
  };
}

function threadJson(world: World, channel: Channel, thread: NonNullable<Channel['thread']>): Json {
  const { parentId, isArchived, isLocked } = thread;
  return {
    guild_id: channel.guildId,
    name: channel.name,
    parent_id: parentId,
    owner_id: guildOf(world, channel)?.ownerId,
    rate_limit_per_user: 0,
    message_count: channel.messageIds.length,
    member_count: 1,
    total_message_sent: channel.messageIds.length,
    thread_metadata: {
      archived: isArchived,
      locked: isLocked,
      archive_timestamp: new Date(world.clock.now()).toISOString(),
      auto_archive_duration: 1440,
    },
  };
}

/** The channel as an interaction carries it: with what the user may do there. */
export function interactionChannelJson(world: World, channel: Channel, userId: string): Json {
  const permissions = permissionsOf(guildOf(world, channel), channel, userId).toString();
  return { ...channelJson(world, channel), permissions };
}

export function guildJson(guild: Guild): Json {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    features: [],
    banner: null,
    owner_id: guild.ownerId,
    application_id: null,
    region: 'us-east',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    roles: [...guild.roles.values()].map(roleJson),
    default_message_notifications: 0,
    mfa_level: 0,
    explicit_content_filter: 0,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: guild.locale,
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    nsfw: false,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    incidents_data: null,
  };
}

/** The guild as GUILD_CREATE carries it. */
export function joinedGuildJson(world: World, guild: Guild): Json {
  const members = [...guild.members.values()];
  const ofBot = guild.members.get(world.bot.id);
  return {
    ...guildJson(guild),
    joined_at: new Date(ofBot?.joinedAt ?? world.clock.now()).toISOString(),
    large: false,
    unavailable: false,
    member_count: members.length,
    members: members.map((member) => memberJson(world, member)),
    channels: guild.channelIds.flatMap((id) => {
      const channel = world.channels.get(id);
      return channel ? [channelJson(world, channel)] : [];
    }),
    threads: [],
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

export function ownGuildJson(guild: Guild, botId: string): Json {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    banner: null,
    owner: guild.ownerId === botId,
    permissions: guildPermissionsOf(guild, botId).toString(),
    features: [],
  };
}

export function applicationJson(world: World): Json {
  const owner = [...world.users.values()].find((user) => !user.isBot) ?? world.bot;
  return {
    id: world.bot.id,
    name: world.bot.username,
    icon: null,
    description: '',
    type: null,
    bot: userJson(world.bot),
    bot_public: true,
    bot_require_code_grant: false,
    integration_types_config: {
      '0': {
        oauth2_install_params: { scopes: ['applications.commands', 'bot'], permissions: '0' },
      },
      '1': {},
    },
    verify_key: '0'.repeat(64),
    flags: 0,
    flags_new: '0',
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: userJson(owner),
    approximate_guild_count: world.guilds.size,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: ['bot', 'applications.commands'],
  };
}
