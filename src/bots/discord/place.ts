import { type APIChannel, ChannelType } from 'discord.js';
import type { Logger } from 'pino';
import type { RequestPlace } from '../../engine/index.js';
import type { DiscordApi } from './discord-api.js';
import { DiscordError } from './discord-errors.js';
import type { AskingInteraction } from './interaction.js';

const threadTypes: readonly number[] = [
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
];

/**
 * The channel that an interaction comes from, and a thread's parent, which alone has the mark of
 * age restriction. https://discord.com/developers/docs/resources/channel#channel-object
 */
export function placeOf(
  interaction: AskingInteraction,
  api: Pick<DiscordApi, 'channel'>,
  log: Logger,
): RequestPlace {
  const channel: (Partial<APIChannel> & { readonly id: string }) | undefined = interaction.channel;
  const parentId = channel && 'parent_id' in channel ? channel.parent_id : undefined;
  const isThread = channel?.type !== undefined && threadTypes.includes(channel.type);
  const ids = [channel?.id ?? interaction.channel_id, parentId].filter(
    (id): id is string => typeof id === 'string',
  );
  return {
    ids,
    async isAgeRestricted() {
      // Direct messages have no such mark.
      if (!interaction.guild_id) return null;
      if (channel && 'nsfw' in channel && !isThread) return channel.nsfw === true;
      const markedId = isThread ? parentId : ids[0];
      if (!markedId) return false;
      try {
        const marked = await api.channel(markedId);
        return 'nsfw' in marked && marked.nsfw === true;
      } catch (error) {
        if (!(error instanceof DiscordError)) throw error;
        log.warn(
          { channelId: markedId, reason: error.message },
          'a channel is taken for one of all ages',
        );
        return false;
      }
    },
  };
}
