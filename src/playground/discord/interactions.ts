import { randomBytes } from 'node:crypto';
import { refusal } from './errors.js';
import { includes } from './permissions.js';
import type { Channel, Interaction, Message } from './records.js';
import { botPermissions, type World } from './world.js';

/** https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback */
export const defaultFirstAnswerMs = 3000;
const tokenLifeMs = 15 * 60_000;
export const maxFollowUpsOfUserApp = 5;

export const callbackTypes = {
  pong: 1,
  message: 4,
  deferredMessage: 5,
  deferredUpdate: 6,
  updateMessage: 7,
  autocompleteResult: 8,
  modal: 9,
} as const;

export function createInteractionToken(interactionId: string): string {
  const readable = `interaction:${interactionId}:${randomBytes(66).toString('base64url')}`;
  return Buffer.from(readable).toString('base64url');
}

/**
 * The interaction that waits for its first answer.
 * @throws DiscordError 404/10062 when unknown or too late, 400/40060 when answered before
 */
export function awaitingInteraction(world: World, id: string, token: string): Interaction {
  const interaction = world.interactions.get(id);
  if (!interaction || interaction.token !== token) throw refusal('unknownInteraction');
  if (interaction.answeredWith !== undefined) throw refusal('alreadyAcknowledged');
  if (world.clock.now() - interaction.createdAt > world.firstAnswerWithinMs) {
    throw refusal('unknownInteraction');
  }
  return interaction;
}

/**
 * The interaction behind a webhook's token.
 * @throws DiscordError 401/50027 when the token is unknown or past its 15 minutes, 404/10015
 *   where the interaction has no answer yet
 */
export function answeredInteraction(world: World, webhookId: string, token: string): Interaction {
  if (webhookId !== world.bot.id) throw refusal('unknownWebhook');
  const id = Buffer.from(token, 'base64url').toString().split(':')[1] ?? '';
  const interaction = world.interactions.get(id);
  if (interaction?.token !== token) throw refusal('invalidWebhookToken');
  if (world.clock.now() - interaction.createdAt > tokenLifeMs) throw refusal('invalidWebhookToken');
  if (interaction.answeredWith === undefined) throw refusal('unknownWebhook');
  return interaction;
}

/**
 * A message that this interaction's token reaches: its answer, its follow-ups, its source.
 * @throws DiscordError 404/10008
 */
export function messageOfInteraction(
  world: World,
  interaction: Interaction,
  id: string | undefined,
): Message {
  const reachable = [
    interaction.originalMessageId,
    interaction.sourceMessageId,
    ...interaction.followUpIds,
  ];
  const wanted = id ?? interaction.originalMessageId;
  const message = wanted === undefined ? undefined : world.messages.get(wanted);
  if (!message || message.deletedAt !== undefined || !reachable.includes(wanted)) {
    throw refusal('unknownMessage');
  }
  return message;
}

/**
 * Files of an answer need Attach Files in a server that the bot is in.
 * @throws DiscordError 403/50013
 */
export function requireAttachFiles(world: World, interaction: Interaction): void {
  const channel = world.channels.get(interaction.channelId);
  const asMember = channel?.guildId !== undefined && !interaction.isUserInstalled;
  if (asMember && !includes(botPermissions(world, channel), 'AttachFiles')) {
    throw refusal('missingPermissions');
  }
}

/** The message whose component was used. @throws DiscordError 404/10008 when it is gone */
export function sourceOf(world: World, interaction: Interaction): Message {
  const source = world.messages.get(interaction.sourceMessageId ?? '');
  if (!source || source.deletedAt !== undefined) throw refusal('unknownMessage');
  return source;
}

/** @throws DiscordError 404/10003 */
export function channelOfInteraction(world: World, interaction: Interaction): Channel {
  const channel = world.channels.get(interaction.channelId);
  if (!channel) throw refusal('unknownChannel');
  return channel;
}
