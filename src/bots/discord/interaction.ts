import {
  type APIApplicationCommandInteraction,
  type APIApplicationCommandInteractionDataOption,
  type APIInteraction,
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  ChannelType,
  InteractionContextType,
  InteractionType,
  MessageFlags,
  PermissionFlagsBits,
} from 'discord.js';
import type { Attachment, ChannelPermission, Intent } from '../../chat/index.js';
import type { Identity } from '../../engine/index.js';
import type { DiscordAddress } from './address.js';
import type { FileLink } from './attachments.js';
import { messageImages } from './message-images.js';

/** The interactions that say what is wanted: commands and presses of a button. */
export type DirectInteraction = APIApplicationCommandInteraction | APIMessageComponentInteraction;

/** The interactions that ask for something; a modal's are about the one that it was shown for. */
export type AskingInteraction = DirectInteraction | APIModalSubmitInteraction;

/**
 * Milliseconds that an interaction's token is used, of the 15 minutes that it lives.
 * https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
 */
export const tokenLifeMs = 14.5 * 60_000;

/** What Discord allows everybody, where an interaction does not say. */
const defaultFileLimitBytes = 10 * 1024 * 1024;

const managing = PermissionFlagsBits.ManageGuild | PermissionFlagsBits.Administrator;

export function isAsking(interaction: APIInteraction): interaction is AskingInteraction {
  return (
    interaction.type === InteractionType.ApplicationCommand ||
    interaction.type === InteractionType.MessageComponent ||
    interaction.type === InteractionType.ModalSubmit
  );
}

type Who = Pick<AskingInteraction, 'id' | 'member' | 'user'>;

function userOf({ id, member, user: alone }: Who) {
  const user = member?.user ?? alone;
  if (!user) throw new Error(`Interaction ${id} has no user`);
  return user;
}

export function identityOf(interaction: AskingInteraction): Identity {
  const user = userOf(interaction);
  return {
    platform: 'discord',
    platformUserId: user.id,
    name: interaction.member?.nick ?? user.global_name ?? user.username,
    handle: user.username,
    locale: localeOf(interaction),
  };
}

export function scopeOf(interaction: Who & Pick<AskingInteraction, 'guild_id'>): string {
  return interaction.guild_id
    ? `discord:${interaction.guild_id}`
    : `discord:dm:${userOf(interaction).id}`;
}

/** Manage Server or Administrator in a server; always in a private chat. */
export function managesScope(interaction: AskingInteraction): boolean {
  if (!interaction.guild_id) return true;
  return (BigInt(interaction.member?.permissions ?? 0) & managing) !== 0n;
}

/** How the files of an interaction are reached. */
export interface FileAccess {
  readonly attachment: (link: FileLink) => Attachment;
  readonly isOwnHost: (url: string) => boolean;
}

/** Nothing on Discord is a command written as text. */
export type DirectIntent = Exclude<Intent, { kind: 'text-command' | 'more-images' }>;

export function intentOf(interaction: DirectInteraction, files: FileAccess): DirectIntent {
  if (interaction.type === InteractionType.MessageComponent) {
    return { kind: 'button', payload: interaction.data.custom_id };
  }
  const { data } = interaction;
  if (data.type === ApplicationCommandType.Message) {
    const message = data.resolved.messages[data.target_id];
    const links = message ? messageImages(message, files.isOwnHost) : [];
    return { kind: 'message-menu', name: data.name, images: links.map(files.attachment) };
  }
  const resolved = 'resolved' in data ? data.resolved : undefined;
  const attachments = resolved && 'attachments' in resolved ? resolved.attachments : {};
  const { words, options } = leafOf(data);
  const values: Record<string, string | number | boolean | Attachment> = {};
  for (const each of options) {
    if (!('value' in each)) continue;
    const attachment = attachments?.[String(each.value)];
    const isAttachment = each.type === ApplicationCommandOptionType.Attachment;
    if (!isAttachment) values[each.name] = each.value;
    else if (attachment) values[each.name] = files.attachment(attachment);
  }
  return { kind: 'command', name: words.join(' '), options: values };
}

/** The words of a command, down to its sub-command, and the options there. */
export function leafOf(data: { readonly name: string; readonly options?: readonly Option[] }) {
  const words = [data.name];
  let options: readonly Option[] = data.options ?? [];
  for (let first = options[0]; first && isSubcommand(first); first = options[0]) {
    words.push(first.name);
    options = first.options ?? [];
  }
  return { words, options };
}

/**
 * The address of a card that answers this interaction, before Discord said where it stands.
 * The token's time runs from `receivedAt`, by our own clock alone.
 */
export function addressOf(interaction: AskingInteraction, receivedAt: Date): DiscordAddress {
  const channelId = interaction.channel?.id ?? interaction.channel_id;
  if (!channelId) throw new Error(`Interaction ${interaction.id} has no channel`);
  const isCommand = interaction.type === InteractionType.ApplicationCommand;
  const press = isCommand ? undefined : interaction.message;
  return {
    channelId,
    guildId: interaction.guild_id ?? null,
    applicationId: interaction.application_id,
    userId: identityOf(interaction).platformUserId,
    interactionId: interaction.id,
    token: interaction.token,
    tokenExpiresAt: receivedAt.getTime() + tokenLifeMs,
    ephemeral: false,
    channelReachable: isChannelReachable(interaction),
    messageId: null,
    replyTo: press && !isEphemeral(press) ? press.id : null,
    attachmentLimitBytes: interaction.attachment_size_limit ?? defaultFileLimitBytes,
    locale: localeOf(interaction),
    resends: 0,
    parked: false,
  };
}

/**
 * The message that a button sits on, where the bot's own token does not reach it: from the press on,
 * it can be edited for as long as the press's token lives. `fresh` is the press's own address.
 */
export function pressedCardOf(
  interaction: AskingInteraction,
  fresh: DiscordAddress,
): DiscordAddress | undefined {
  if (interaction.type !== InteractionType.MessageComponent) return undefined;
  const { message } = interaction;
  const ephemeral = isEphemeral(message);
  if (fresh.token === null || (!ephemeral && fresh.channelReachable)) return undefined;
  return { ...fresh, ephemeral, messageId: message.id };
}

/**
 * What the bot needs in the channel for a card and lacks there. `app_permissions` counts all rules
 * of the channel; without it, or empty, nothing is known.
 * https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-structure
 */
export function missingPermissions(interaction: AskingInteraction): ChannelPermission[] {
  const held = BigInt(interaction.app_permissions ?? 0);
  if (held === 0n || !interaction.guild_id) return [];
  if ((held & PermissionFlagsBits.Administrator) !== 0n) return [];
  const isThread = threadTypes.includes(interaction.channel?.type ?? ChannelType.GuildText);
  const answersAlone = looksPrivate(interaction) || !isChannelReachable(interaction);
  const needed: [ChannelPermission, bigint][] = [
    ...(answersAlone
      ? []
      : ([
          ['view-channel', PermissionFlagsBits.ViewChannel],
          isThread
            ? ['send-messages-in-threads', PermissionFlagsBits.SendMessagesInThreads]
            : ['send-messages', PermissionFlagsBits.SendMessages],
        ] satisfies [ChannelPermission, bigint][])),
    ['attach-files', PermissionFlagsBits.AttachFiles],
  ];
  return needed.filter(([, bit]) => (held & bit) === 0n).map(([name]) => name);
}

const threadTypes: readonly number[] = [
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
  ChannelType.AnnouncementThread,
];

/** Whether the answer should be for the asker's eyes only, judged before the chat layer has. */
export function looksPrivate(interaction: AskingInteraction): boolean {
  if (interaction.type !== InteractionType.ApplicationCommand) {
    return interaction.message !== undefined && isEphemeral(interaction.message);
  }
  const options = 'options' in interaction.data ? (interaction.data.options ?? []) : [];
  return options.some((each) => each.name === 'private' && 'value' in each && each.value === true);
}

function isEphemeral(message: { readonly flags?: number | undefined }): boolean {
  return ((message.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
}

function localeOf({ locale, guild_locale }: AskingInteraction): string {
  return locale ?? guild_locale ?? 'en-US';
}

/** The bot's own token opens servers that it is in, and its own direct messages. */
function isChannelReachable(interaction: AskingInteraction): boolean {
  if (interaction.context === InteractionContextType.PrivateChannel) return false;
  if (!interaction.guild_id) return true;
  const owners = interaction.authorizing_integration_owners ?? {};
  const byUserAlone =
    owners[ApplicationIntegrationType.UserInstall] !== undefined &&
    owners[ApplicationIntegrationType.GuildInstall] === undefined;
  return !byUserAlone;
}

type Option = APIApplicationCommandInteractionDataOption<
  InteractionType.ApplicationCommand | InteractionType.ApplicationCommandAutocomplete
>;

function isSubcommand(option: Option): option is Extract<Option, { options?: unknown }> {
  return (
    option.type === ApplicationCommandOptionType.Subcommand ||
    option.type === ApplicationCommandOptionType.SubcommandGroup
  );
}
