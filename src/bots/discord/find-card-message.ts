import { type APIMessage, SnowflakeUtil } from 'discord.js';
import type { DiscordApi } from './discord-api.js';

/** Milliseconds by which Discord's clock and ours may differ. */
const clockMarginMs = 60_000;

/**
 * The message that a send without an answer may have left in the channel, known by its buttons:
 * each card has one that names its batch. The bot may read its own messages without any intent.
 */
export async function findCardMessage(
  api: Pick<DiscordApi, 'messagesAfter'>,
  channelId: string,
  batchId: string,
  sentSince: Date,
): Promise<string | undefined> {
  const timestamp = sentSince.getTime() - clockMarginMs;
  const messages = await api.messagesAfter(
    channelId,
    SnowflakeUtil.generate({ timestamp }).toString(),
  );
  return messages.find((message) => namesBatch(message, batchId))?.id;
}

function namesBatch({ author, components }: APIMessage, batchId: string): boolean {
  if (!author.bot) return false;
  return (components ?? []).some(
    (row) =>
      'components' in row &&
      row.components.some(
        (part) =>
          'custom_id' in part && part.custom_id !== undefined && part.custom_id.includes(batchId),
      ),
  );
}
