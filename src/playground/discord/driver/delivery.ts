import { createInteractionToken } from '../interactions.js';
import { messageJson } from '../message-wire.js';
import { defaultAttachmentSizeLimit } from '../messages.js';
import { permissionsOf } from '../permissions.js';
import {
  type Channel,
  type Interaction,
  interactionTypes,
  type Message,
  type User,
} from '../records.js';
import { interactionChannelJson, memberJson, userJson } from '../wire.js';
import { botPermissions, guildOf, isBotIn, type World } from '../world.js';

type Json = Record<string, unknown>;

/** Where an interaction happens: https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-context-types */
export const contexts = { guild: 0, botDirectMessage: 1, privateChannel: 2 } as const;

export interface Act {
  user: User;
  channel: Channel;
  type: number;
  data: Json;
  commandType?: number;
  source?: Message | undefined;
  /** The interaction that showed the modal which is now sent. */
  trigger?: Interaction;
}

/** Makes an interaction and tells the bot. */
export function deliver(world: World, act: Act): Interaction {
  const { user, channel, source } = act;
  const guild = guildOf(world, channel);
  const isUserInstalled = guild !== undefined && !isBotIn(world, guild);
  const id = world.snowflakes.next();
  const token = createInteractionToken(id);
  const member = guild?.members.get(user.id);
  const permissions = permissionsOf(guild, channel, user.id).toString();
  const owners = isUserInstalled ? { '1': user.id } : { '0': guild?.id ?? '0' };
  const attachmentSizeLimit = guild?.attachmentSizeLimit ?? defaultAttachmentSizeLimit;
  const payload: Json = {
    id,
    application_id: world.bot.id,
    type: act.type,
    data: act.data,
    token,
    version: 1,
    channel_id: channel.id,
    channel: interactionChannelJson(world, channel, user.id),
    app_permissions: botPermissions(world, channel).toString(),
    locale: user.locale,
    entitlements: [],
    authorizing_integration_owners: owners,
    context: guild ? contexts.guild : contexts.botDirectMessage,
    attachment_size_limit: attachmentSizeLimit,
    ...(source ? { message: messageJson(world, source) } : {}),
    ...(guild && member
      ? {
          guild_id: guild.id,
          guild_locale: guild.locale,
          guild: { id: guild.id, locale: guild.locale, features: [] },
          member: { ...memberJson(world, member), permissions },
        }
      : { user: userJson(user) }),
  };
  const interaction: Interaction = {
    id,
    token,
    type: act.type,
    userId: user.id,
    channelId: channel.id,
    guildId: guild?.id,
    createdAt: world.clock.now(),
    payload,
    metadata: {
      id,
      type: act.type,
      user: userJson(user),
      authorizing_integration_owners: owners,
      ...(act.type === interactionTypes.messageComponent
        ? { interacted_message_id: source?.id }
        : {}),
      ...(act.trigger ? { triggering_interaction_metadata: act.trigger.metadata } : {}),
    },
    isUserInstalled,
    attachmentSizeLimit,
    sourceMessageId: source?.id,
    commandType: act.commandType,
    answeredWith: undefined,
    originalMessageId: undefined,
    followUpIds: [],
    modal: undefined,
    choices: undefined,
  };
  world.interactions.set(id, interaction);
  world.events.emit('interaction', interaction);
  send(world, interaction);
  return interaction;
}

/** Sends the event again, as after a resumed connection. */
export function send(world: World, interaction: Interaction): void {
  world.dispatch('INTERACTION_CREATE', interaction.payload, { guildId: interaction.guildId });
}

/** What the person sees of an interaction: 'This interaction failed' once three seconds are over. */
export function hasFailed(world: World, interaction: Interaction): boolean {
  const age = world.clock.now() - interaction.createdAt;
  return interaction.answeredWith === undefined && age > world.firstAnswerWithinMs;
}
