import { invalidField, refusal } from '../errors.js';
import { intents } from '../gateway/intents.js';
import { includes, type PermissionName, permissionBits } from '../permissions.js';
import { type Channel, channelTypes } from '../records.js';
import { type Call, noContent, ok, param, type Route } from '../router.js';
import { channelJson, memberJson } from '../wire.js';
import { botPermissions, guildOf, isBotIn, type World } from '../world.js';

const limit = { count: 10, withinMs: 5000 };

export function channelRoutes(world: World): Route[] {
  return [
    {
      method: 'GET',
      template: '/channels/{channel_id}',
      limit,
      handle: (call) => ok(channelJson(world, openChannel(world, call))),
    },
    {
      method: 'POST',
      template: '/channels/{channel_id}/typing',
      limit,
      handle(call) {
        const channel = openChannel(world, call, ['SendMessages']);
        tellTyping(world, channel);
        return noContent;
      },
    },
    {
      method: 'POST',
      template: '/users/@me/channels',
      limit,
      handle: (call) => ok(channelJson(world, openDirectMessage(world, call))),
    },
  ];
}

/**
 * The channel that a request names, if the bot may be there.
 * @throws DiscordError 404/10003, 403/50001 where it cannot see it, 403/50013 where it lacks `needs`
 */
export function openChannel(
  world: World,
  call: Call,
  needs: readonly PermissionName[] = [],
): Channel {
  const channel = world.channels.get(param(call, 'channel_id'));
  if (!channel) throw refusal('unknownChannel');
  requireInChannel(world, channel, needs);
  return channel;
}

export function requireInChannel(
  world: World,
  channel: Channel,
  needs: readonly PermissionName[],
): void {
  const guild = guildOf(world, channel);
  if (guild && !isBotIn(world, guild)) throw refusal('missingAccess');
  const permissions = botPermissions(world, channel);
  if ((permissions & permissionBits.ViewChannel) === 0n) throw refusal('missingAccess');
  if (needs.some((need) => !includes(permissions, need))) throw refusal('missingPermissions');
}

/** The conversation of two; made when they first write. */
export function directMessageOf(world: World, userId: string): Channel {
  const known = [...world.channels.values()].find(
    (channel) =>
      channel.type === channelTypes.directMessage && channel.recipientIds.includes(userId),
  );
  if (known) return known;
  const channel: Channel = {
    id: world.snowflakes.next(),
    type: channelTypes.directMessage,
    guildId: undefined,
    name: '',
    isAgeRestricted: false,
    recipientIds: [userId],
    overwrites: [],
    lastMessageId: null,
  };
  world.channels.set(channel.id, channel);
  return channel;
}

function openDirectMessage(world: World, call: Call): Channel {
  const recipientId = (call.body as { recipient_id?: unknown } | undefined)?.recipient_id;
  if (typeof recipientId !== 'string') {
    throw invalidField(['recipient_id'], 'BASE_TYPE_REQUIRED', 'This field is required');
  }
  const user = world.users.get(recipientId);
  if (!user) throw invalidField(['recipient_id'], 'INVALID_RECIPIENT', `No user ${recipientId}`);
  if (user.isBot) throw refusal('cannotMessageUser');
  return directMessageOf(world, recipientId);
}

function tellTyping(world: World, channel: Channel): void {
  const guild = guildOf(world, channel);
  const member = guild?.members.get(world.bot.id);
  const data = {
    channel_id: channel.id,
    user_id: world.bot.id,
    timestamp: Math.floor(world.clock.now() / 1000),
    ...(guild && member ? { guild_id: guild.id, member: memberJson(world, member) } : {}),
  };
  const intent = guild ? intents.guildMessageTyping : intents.directMessageTyping;
  world.dispatch('TYPING_START', data, { guildId: guild?.id, intent });
}
