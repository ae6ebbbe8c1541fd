/** https://discord.com/developers/docs/events/gateway#gateway-intents */
export const intents = {
  guilds: 1 << 0,
  guildMembers: 1 << 1,
  guildPresences: 1 << 8,
  guildMessages: 1 << 9,
  guildMessageTyping: 1 << 11,
  directMessages: 1 << 12,
  directMessageTyping: 1 << 14,
  messageContent: 1 << 15,
} as const;

export const privilegedIntents =
  intents.guildMembers | intents.guildPresences | intents.messageContent;

const everyIntent = 0x0c_37_ff_ff | (1 << 24) | (1 << 25);

export function areIntentsValid(bits: unknown): bits is number {
  return Number.isInteger(bits) && ((bits as number) & ~everyIntent) === 0;
}

type Json = Record<string, unknown>;

/**
 * What a session without the message content intent gets of other people's messages.
 * The bot's own messages, those that mention it and direct ones stay whole.
 */
export function withoutContent(event: string, data: Json, botId: string): Json {
  if (event !== 'MESSAGE_CREATE' && event !== 'MESSAGE_UPDATE') return data;
  const author = data.author as { id: string };
  const mentions = data.mentions as { id: string }[];
  const isOpen =
    author.id === botId || mentions.some(({ id }) => id === botId) || data.guild_id === undefined;
  return isOpen ? data : { ...data, content: '', embeds: [], attachments: [], components: [] };
}
