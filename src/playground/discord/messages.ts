import { invalidField, refusal } from './errors.js';
import { announceMessage } from './events.js';
import { intents } from './gateway/intents.js';
import { mentionsIn } from './mentions.js';
import { attachmentsAfter, type NumberedFiles } from './message-attachments.js';
import { resolveComponents, resolveEmbeds } from './message-components.js';
import { isComponentsV2, messageEventJson } from './message-wire.js';
import { includes } from './permissions.js';
import {
  type Channel,
  channelTypes,
  type Message,
  type MessageVersion,
  messageFlags,
  messageTypes,
} from './records.js';
import type { MessageBody } from './validation/message-body.js';
import { botPermissions, messagesIn, type World } from './world.js';

/** Discord's default: 10 MiB a file. */
export const defaultAttachmentSizeLimit = 10 * 1024 * 1024;

/** How long a nonce is remembered; Discord says 'the past few minutes'. */
const nonceMemoryMs = 5 * 60_000;

export interface NewMessage {
  channel: Channel;
  authorId: string;
  body: MessageBody;
  files: NumberedFiles;
  sizeLimit: number;
  type?: number;
  ephemeralFor?: string | undefined;
  interactionMetadata?: Record<string, unknown> | undefined;
  /** The message above it, where the platform and not the body says so. */
  repliesTo?: string | undefined;
  /** A deferred answer stands empty until it is edited. */
  isLoading?: boolean;
}

/** @throws DiscordError as the platform refuses it; nothing is kept then */
export function createMessage(world: World, made: NewMessage): Message {
  const { channel, authorId, body, files } = made;
  const isEphemeral = made.ephemeralFor !== undefined;
  const rules = { sizeLimit: made.sizeLimit, isEphemeral, channel };
  const attachments = attachmentsAfter(world, [], body.attachments, files, rules);
  const now = world.clock.now();
  const version: MessageVersion = {
    at: now,
    content: body.content ?? '',
    flags:
      (body.flags ?? 0) |
      (isEphemeral ? messageFlags.Ephemeral : 0) |
      (made.isLoading ? messageFlags.Loading : 0),
    embeds: resolveEmbeds(world, body.embeds ?? [], attachments),
    components: resolveComponents(world, body.components ?? [], attachments),
    attachments,
  };
  if (!made.isLoading) refuseEmpty(version);
  const mentions = mentionsIn(world, channel, authorId, version, body.allowed_mentions);
  const repliesTo = made.repliesTo ?? referencedMessage(world, channel, body);
  const message: Message = {
    ...version,
    id: world.snowflakes.next(),
    channelId: channel.id,
    authorId,
    type: made.type ?? (repliesTo === undefined ? messageTypes.ordinary : messageTypes.reply),
    createdAt: now,
    editedAt: null,
    nonce: body.nonce ?? undefined,
    mentionedUserIds: mentions.userIds,
    mentionsEveryone: mentions.everyone,
    repliesTo,
    ephemeralFor: made.ephemeralFor,
    interactionMetadata: made.interactionMetadata,
    deletedAt: undefined,
    versions: [version],
  };
  world.messages.set(message.id, message);
  channel.messageIds.push(message.id);
  if (!isEphemeral) channel.lastMessageId = message.id;
  tell(world, 'MESSAGE_CREATE', channel, message);
  announceMessage(world.events, 'message', message);
  return message;
}

/** @throws DiscordError as the platform refuses it; the message stays as it was then */
export function editMessage(
  world: World,
  message: Message,
  edit: { channel: Channel; body: MessageBody; files: NumberedFiles; sizeLimit: number },
): Message {
  const { channel, body, files } = edit;
  const isEphemeral = message.ephemeralFor !== undefined;
  const rules = { sizeLimit: edit.sizeLimit, isEphemeral, channel };
  const attachments = attachmentsAfter(world, message.attachments, body.attachments, files, rules);
  const settable = messageFlags.IsComponentsV2 | messageFlags.SuppressEmbeds;
  const version: MessageVersion = {
    at: world.clock.now(),
    content: body.content === undefined ? message.content : (body.content ?? ''),
    flags: (message.flags & ~messageFlags.Loading) | ((body.flags ?? 0) & settable),
    embeds:
      body.embeds === undefined
        ? message.embeds
        : resolveEmbeds(world, body.embeds ?? [], attachments),
    components:
      body.components === undefined
        ? message.components
        : resolveComponents(world, body.components ?? [], attachments),
    attachments,
  };
  refuseLeftovers(version);
  refuseEmpty(version);
  const mentions = mentionsIn(world, channel, message.authorId, version, body.allowed_mentions);
  const isFirstAnswer = (message.flags & messageFlags.Loading) !== 0;
  Object.assign(message, version, {
    editedAt: isFirstAnswer ? message.editedAt : version.at,
    mentionedUserIds: mentions.userIds,
    mentionsEveryone: mentions.everyone,
  });
  message.versions.push(version);
  tell(world, 'MESSAGE_UPDATE', channel, message);
  announceMessage(world.events, 'edit', message);
  return message;
}

export function deleteMessage(world: World, message: Message): void {
  message.deletedAt = world.clock.now();
  const channel = world.channels.get(message.channelId);
  if (channel && message.ephemeralFor === undefined) {
    const { id, guildId } = channel;
    const data = { id: message.id, channel_id: id, ...(guildId ? { guild_id: guildId } : {}) };
    world.dispatch('MESSAGE_DELETE', data, { guildId, intent: messageIntent(channel) });
  }
  announceMessage(world.events, 'delete', message);
}

/** A message made lately with the same nonce: Create Message returns it with `enforce_nonce`. */
export function messageWithNonce(world: World, channel: Channel, body: MessageBody) {
  if (!body.enforce_nonce) return undefined;
  const since = world.clock.now() - nonceMemoryMs;
  return messagesIn(world, channel.id).find(
    (message) =>
      message.authorId === world.bot.id &&
      message.nonce?.toString() === body.nonce?.toString() &&
      message.createdAt >= since,
  );
}

/** @throws DiscordError 404/10008; ephemeral messages do not exist for the bot's own token */
export function publicMessage(world: World, channel: Channel, messageId: string): Message {
  const message = world.messages.get(messageId);
  const isHere = message?.channelId === channel.id && message.deletedAt === undefined;
  if (!message || !isHere || message.ephemeralFor !== undefined) throw refusal('unknownMessage');
  return message;
}

/** @throws DiscordError 400/50006 when nothing would be left to see */
function refuseEmpty(message: MessageVersion): void {
  const isV2 = (message.flags & messageFlags.IsComponentsV2) !== 0;
  const parts = [message.embeds, message.components, message.attachments];
  const hasParts = isV2 ? message.components.length > 0 : parts.some((part) => part.length > 0);
  if (message.content.trim() === '' && !hasParts) throw refusal('emptyMessage');
}

/** A message that turns to Components V2 must shed its old fields; components must keep their files. */
function refuseLeftovers(version: MessageVersion): void {
  if (isComponentsV2(version)) {
    const field = version.content !== '' ? 'content' : version.embeds.length > 0 ? 'embeds' : '';
    if (field !== '') {
      const message = `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`;
      throw invalidField([field], 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', message);
    }
  }
  const stands = new Set(version.attachments.map(({ id }) => id));
  const written = JSON.stringify(version.components);
  for (const [, id] of written.matchAll(/"attachment_id":"(\d+)"/g)) {
    if (id === undefined || stands.has(id)) continue;
    const code = 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND';
    throw invalidField(['components'], code, `Attachment ${id} is shown but no longer attached`);
  }
}

function referencedMessage(world: World, channel: Channel, body: MessageBody) {
  const reference = body.message_reference;
  if (!reference) return undefined;
  const message = world.messages.get(reference.message_id);
  const stands = message?.channelId === channel.id && message.deletedAt === undefined;
  if (stands && message.ephemeralFor === undefined) return message.id;
  if (reference.fail_if_not_exists === false) return undefined;
  throw invalidField(
    ['message_reference'],
    'REPLIES_UNKNOWN_MESSAGE',
    `Unknown message ${reference.message_id}`,
  );
}

function messageIntent(channel: Channel): number {
  return channel.type === channelTypes.directMessage
    ? intents.directMessages
    : intents.guildMessages;
}

/** The bot's sessions hear of public messages in channels that the bot can see. */
function tell(world: World, event: string, channel: Channel, message: Message): void {
  if (message.ephemeralFor !== undefined) return;
  if (!includes(botPermissions(world, channel), 'ViewChannel')) return;
  const scope = { guildId: channel.guildId, intent: messageIntent(channel) };
  world.dispatch(event, messageEventJson(world, message), scope);
}
