import { embeddedAttachments } from './message-attachments.js';
import { type Attachment, type Message, messageFlags, messageTypes } from './records.js';
import { memberJson, userJson } from './wire.js';
import { guildOf, userOf, type World } from './world.js';

type Json = Record<string, unknown>;

export function attachmentJson(world: World, attachment: Attachment): Json {
  const url = world.files.urlOf(attachment);
  return {
    id: attachment.id,
    filename: attachment.filename,
    size: attachment.bytes.length,
    url,
    proxy_url: url,
    ...(attachment.width === undefined ? {} : { width: attachment.width }),
    ...(attachment.height === undefined ? {} : { height: attachment.height }),
    ...(attachment.contentType === undefined ? {} : { content_type: attachment.contentType }),
    ...(attachment.title === undefined ? {} : { title: attachment.title }),
    ...(attachment.description === undefined ? {} : { description: attachment.description }),
    ...(attachment.isEphemeral ? { ephemeral: true } : {}),
  };
}

export function messageJson(world: World, message: Message): Json {
  const basic = basicMessageJson(world, message);
  if (message.type !== messageTypes.reply || message.repliesTo === undefined) return basic;
  const referenced = world.messages.get(message.repliesTo);
  const stands = referenced !== undefined && referenced.deletedAt === undefined;
  return { ...basic, referenced_message: stands ? basicMessageJson(world, referenced) : null };
}

function basicMessageJson(world: World, message: Message): Json {
  const channel = world.channels.get(message.channelId);
  const isOfInteraction = message.interactionMetadata !== undefined;
  return {
    id: message.id,
    type: message.type,
    channel_id: message.channelId,
    author: userJson(userOf(world, message.authorId)),
    content: message.content,
    mentions: message.mentionedUserIds.map((id) => userJson(userOf(world, id))),
    mention_roles: [],
    mention_everyone: message.mentionsEveryone,
    attachments: looseAttachments(message).map((attachment) => attachmentJson(world, attachment)),
    embeds: message.embeds,
    components: message.components,
    timestamp: new Date(message.createdAt).toISOString(),
    edited_timestamp: message.editedAt === null ? null : new Date(message.editedAt).toISOString(),
    flags: message.flags,
    pinned: false,
    tts: false,
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    ...(isOfInteraction
      ? {
          application_id: world.bot.id,
          webhook_id: world.bot.id,
          interaction_metadata: message.interactionMetadata,
        }
      : {}),
    ...(message.repliesTo === undefined
      ? {}
      : {
          message_reference: {
            type: 0,
            channel_id: message.channelId,
            message_id: message.repliesTo,
            ...(channel?.guildId === undefined ? {} : { guild_id: channel.guildId }),
          },
        }),
  };
}

/**
 * Attachments that a component or embed shows are not listed with the message; their ids stand
 * in the media, as `attachment_id`. https://github.com/discord/discord-api-docs/pull/8279
 */
function looseAttachments(message: Message): Attachment[] {
  const embedded = embeddedAttachments(message);
  return message.attachments.filter((attachment) => !embedded.includes(attachment));
}

/** A message as the gateway tells it: with the guild and the author's membership. */
export function messageEventJson(world: World, message: Message): Json {
  const channel = world.channels.get(message.channelId);
  const guild = channel && guildOf(world, channel);
  const member = guild?.members.get(message.authorId);
  if (!guild) return messageJson(world, message);
  const { user: _author, ...membership } = member ? memberJson(world, member) : { user: undefined };
  return {
    ...messageJson(world, message),
    guild_id: guild.id,
    ...(member ? { member: membership } : {}),
  };
}

export function isComponentsV2(message: { flags: number }): boolean {
  return (message.flags & messageFlags.IsComponentsV2) !== 0;
}
