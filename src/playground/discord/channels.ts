import { refusal } from './errors.js';
import { defaultAttachmentSizeLimit } from './messages.js';
import { includes, type PermissionName } from './permissions.js';
import { type Channel, channelTypes } from './records.js';
import { botPermissions, guildOf, isBotIn, type World } from './world.js';

/** @throws DiscordError 403/50001 where the bot cannot see the channel, 403/50013 where it lacks `needs` */
export function requireInChannel(
  world: World,
  channel: Channel,
  needs: readonly PermissionName[],
): void {
  const guild = guildOf(world, channel);
  if (guild && !isBotIn(world, guild)) throw refusal('missingAccess');
  const permissions = botPermissions(world, channel);
  if (!includes(permissions, 'ViewChannel')) throw refusal('missingAccess');
  if (needs.some((need) => !includes(permissions, need))) throw refusal('missingPermissions');
}

/** Bytes that a file may have in a channel. */
export function sizeLimitIn(world: World, channel: Channel): number {
  return guildOf(world, channel)?.attachmentSizeLimit ?? defaultAttachmentSizeLimit;
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
    messageIds: [],
  };
  world.channels.set(channel.id, channel);
  return channel;
}
