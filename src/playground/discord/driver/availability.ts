import { commandsIn } from '../commands.js';
import { includes, permissionsOf } from '../permissions.js';
import type { Channel, User } from '../records.js';
import { guildOf, isBotIn, type RegisteredCommand, type World } from '../world.js';
import { contexts } from './delivery.js';
import { ClientRefusal } from './options.js';

/**
 * The command as a person's client offers it in a channel.
 * @throws ClientRefusal where it would not be offered, with the reason
 */
export function offeredCommand(
  world: World,
  user: User,
  channel: Channel,
  wanted: { name: string; type: number },
): RegisteredCommand {
  const guild = guildOf(world, channel);
  const isHere = guild !== undefined && isBotIn(world, guild);
  const scopes = isHere ? [guild.id, undefined] : [undefined];
  const command = scopes
    .flatMap((scope) => commandsIn(world, scope))
    .find(({ name, type }) => name === wanted.name && type === wanted.type);
  if (!command) throw new ClientRefusal(`no command ${wanted.name} of type ${wanted.type}`);
  const reason = whyHidden(world, user, channel, command);
  if (reason) throw new ClientRefusal(`${command.name} is not offered: ${reason}`);
  return command;
}

function whyHidden(
  world: World,
  user: User,
  channel: Channel,
  command: RegisteredCommand,
): string | undefined {
  const guild = guildOf(world, channel);
  const allowed = command.contexts as number[] | null;
  const context = guild ? contexts.guild : contexts.botDirectMessage;
  if (allowed && !allowed.includes(context)) return `it is for contexts ${allowed.join(', ')}`;
  if (!guild) return command.dm_permission === false ? 'it is for servers only' : undefined;
  if (!guild.members.has(user.id)) return `${user.username} is no member of ${guild.name}`;
  const installs = command.integration_types as number[];
  const needed = isBotIn(world, guild) ? 0 : 1;
  if (!installs.includes(needed)) return `it is for installations ${installs.join(', ')}`;
  if (command.nsfw === true && !channel.isAgeRestricted) return 'the channel has no age limit';
  const permissions = permissionsOf(guild, channel, user.id);
  if (!includes(permissions, 'ViewChannel')) return 'the channel is hidden';
  if (!includes(permissions, 'UseApplicationCommands')) return 'commands are not allowed here';
  const required = command.default_member_permissions as string | null;
  const isAllowed = required === null || (permissions & BigInt(required)) === BigInt(required);
  return isAllowed && required !== '0' ? undefined : `it needs permissions ${required}`;
}
