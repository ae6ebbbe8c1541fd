import type { Channel, Guild } from './records.js';

/** Bits: https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags */
const permissionBits = {
  Administrator: 1n << 3n,
  ManageChannels: 1n << 4n,
  ManageGuild: 1n << 5n,
  AddReactions: 1n << 6n,
  ViewChannel: 1n << 10n,
  SendMessages: 1n << 11n,
  ManageMessages: 1n << 13n,
  EmbedLinks: 1n << 14n,
  AttachFiles: 1n << 15n,
  ReadMessageHistory: 1n << 16n,
  MentionEveryone: 1n << 17n,
  UseExternalEmojis: 1n << 18n,
  ManageRoles: 1n << 28n,
  UseApplicationCommands: 1n << 31n,
  ManageThreads: 1n << 34n,
  SendMessagesInThreads: 1n << 38n,
  UseExternalApps: 1n << 50n,
} as const;

export type PermissionName = keyof typeof permissionBits;

const allPermissions = Object.values(permissionBits).reduce((sum, bit) => sum | bit, 0n);

/** What a member of a new server may do without any role. */
export const everyoneDefault = sumOf([
  'AddReactions',
  'ViewChannel',
  'SendMessages',
  'SendMessagesInThreads',
  'EmbedLinks',
  'AttachFiles',
  'ReadMessageHistory',
  'UseExternalEmojis',
  'UseApplicationCommands',
  'UseExternalApps',
]);

export function sumOf(names: readonly PermissionName[]): bigint {
  return names.reduce((sum, name) => sum | permissionBits[name], 0n);
}

export function includes(permissions: bigint, name: PermissionName): boolean {
  return (permissions & permissionBits[name]) !== 0n;
}

/**
 * A member's permissions in a channel; in a direct message everything, as nothing restricts it.
 * Order of overwrites: https://discord.com/developers/docs/topics/permissions#permission-overwrites
 */
export function permissionsOf(guild: Guild | undefined, channel: Channel, userId: string): bigint {
  if (!guild) return allPermissions & ~permissionBits.Administrator;
  const base = guildPermissionsOf(guild, userId);
  if (includes(base, 'Administrator')) return allPermissions;
  const roleIds = guild.members.get(userId)?.roleIds ?? [];
  let permissions = base;
  const apply = (matching: Channel['overwrites']) => {
    const deny = matching.reduce((sum, overwrite) => sum | overwrite.deny, 0n);
    const allow = matching.reduce((sum, overwrite) => sum | overwrite.allow, 0n);
    permissions = (permissions & ~deny) | allow;
  };
  apply(channel.overwrites.filter((overwrite) => overwrite.id === guild.id));
  apply(channel.overwrites.filter((overwrite) => roleIds.includes(overwrite.id)));
  apply(channel.overwrites.filter((overwrite) => overwrite.id === userId));
  return permissions;
}

export function guildPermissionsOf(guild: Guild, userId: string): bigint {
  if (guild.ownerId === userId) return allPermissions;
  const member = guild.members.get(userId);
  const roleIds = [guild.id, ...(member?.roleIds ?? [])];
  const permissions = roleIds.reduce(
    (sum, id) => sum | (guild.roles.get(id)?.permissions ?? 0n),
    0n,
  );
  return includes(permissions, 'Administrator') ? allPermissions : permissions;
}
