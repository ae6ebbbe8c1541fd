import { directMessageOf, requireInChannel } from '../channels.js';
import { invalidField, refusal } from '../errors.js';
import { intents } from '../gateway/intents.js';
import type { PermissionName } from '../permissions.js';
import type { Channel } from '../records.js';
import { type Call, noContent, ok, param, type Route } from '../router.js';
import { modifyThread } from '../threads.js';
import { channelJson, memberJson } from '../wire.js';
import { guildOf, type World } from '../world.js';

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
      method: 'PATCH',
      template: '/channels/{channel_id}',
      limit,
      handle(call) {
        const channel = openChannel(world, call);
        modifyThread(world, channel, call.body as Parameters<typeof modifyThread>[2]);
        return ok(channelJson(world, channel));
      },
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
