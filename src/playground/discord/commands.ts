import { DiscordError, FormProblems, invalidField, refusal } from './errors.js';
import {
  type CommandDefinition,
  commandTypes,
  type OptionDefinition,
  readCommand,
} from './validation/command-definition.js';
import type { RegisteredCommand, World } from './world.js';

type Json = Record<string, unknown>;

/** Most commands of each type: https://discord.com/developers/docs/interactions/application-commands */
const maxOfType: Record<number, number> = { 1: 100, 2: 15, 3: 15 };

/** The application can be installed to a server and to a user: what a command has by default. */
const installations = [0, 1];

/** The commands of one scope: global where `guildId` is undefined. */
export function commandsIn(world: World, guildId: string | undefined): RegisteredCommand[] {
  return [...world.commands.values()].filter((command) => command.guild_id === guildId);
}

export function commandOf(world: World, id: string, guildId: string | undefined) {
  const command = world.commands.get(id);
  if (!command || command.guild_id !== guildId) throw refusal('unknownCommand');
  return command;
}

/** Replaces all commands of a scope; one with the name and type of an old one keeps its id. */
export function overwriteCommands(world: World, guildId: string | undefined, body: unknown) {
  const list = body ?? [];
  if (!Array.isArray(list)) {
    throw invalidField([], 'BASE_TYPE_INVALID', 'A list of commands is needed');
  }
  const definitions = list.map((value, index) => readCommand(value, [index]));
  checkTogether(definitions);
  const old = commandsIn(world, guildId);
  const made = definitions.map((definition) => {
    const before = old.find((command) => isSame(command, definition));
    return register(world, guildId, definition, before);
  });
  for (const command of old) world.commands.delete(command.id);
  for (const command of made) world.commands.set(command.id, command);
  return made;
}

/** @returns whether the command is new; one with the same name is replaced */
export function addCommand(world: World, guildId: string | undefined, body: unknown) {
  const definition = readCommand(body);
  const old = commandsIn(world, guildId);
  const before = old.find((command) => isSame(command, definition));
  const type = definition.type ?? commandTypes.chatInput;
  const count = old.filter((command) => command.type === type).length;
  if (!before && count >= (maxOfType[type] ?? 1)) throw tooMany(type);
  const command = register(world, guildId, definition, before);
  world.commands.set(command.id, command);
  return { command, isNew: before === undefined };
}

export function changeCommand(world: World, before: RegisteredCommand, body: unknown) {
  const merged = { ...definitionOf(before), ...(body as Json) };
  const command = register(world, before.guild_id, readCommand(merged), before);
  world.commands.set(command.id, command);
  return command;
}

function isSame(command: RegisteredCommand, definition: CommandDefinition): boolean {
  const type = definition.type ?? commandTypes.chatInput;
  return command.name === definition.name && command.type === type;
}

function checkTogether(definitions: readonly CommandDefinition[]): void {
  const problems = new FormProblems();
  const seen = new Set<string>();
  const counts = new Map<number, number>();
  definitions.forEach((definition, index) => {
    const type = definition.type ?? commandTypes.chatInput;
    const key = `${type} ${definition.name}`;
    if (seen.has(key)) {
      const message = `Application command names must be unique: "${definition.name}"`;
      problems.add([index], 'APPLICATION_COMMANDS_DUPLICATE_NAME', message);
    }
    seen.add(key);
    counts.set(type, (counts.get(type) ?? 0) + 1);
  });
  problems.throwIfAny();
  for (const [type, count] of counts) if (count > (maxOfType[type] ?? 1)) throw tooMany(type);
}

function tooMany(type: number): DiscordError {
  const message = `Maximum number of application commands reached (${maxOfType[type] ?? 1})`;
  return new DiscordError(400, type === commandTypes.chatInput ? 30032 : 30033, message);
}

function register(
  world: World,
  guildId: string | undefined,
  definition: CommandDefinition,
  before: RegisteredCommand | undefined,
): RegisteredCommand {
  const isGlobal = guildId === undefined;
  const permissions = definition.default_member_permissions;
  return {
    id: before?.id ?? world.snowflakes.next(),
    application_id: world.bot.id,
    version: world.snowflakes.next(),
    default_member_permissions: permissions?.toString() ?? null,
    type: definition.type ?? commandTypes.chatInput,
    name: definition.name,
    name_localizations: definition.name_localizations ?? null,
    description: definition.description ?? '',
    description_localizations: definition.description_localizations ?? null,
    ...(isGlobal ? {} : { guild_id: guildId }),
    ...(isGlobal ? { dm_permission: definition.dm_permission ?? true } : {}),
    contexts: isGlobal ? (definition.contexts ?? null) : null,
    integration_types: isGlobal ? (definition.integration_types ?? installations) : [0],
    ...(definition.options ? { options: definition.options.map(optionJson) } : {}),
    nsfw: definition.nsfw ?? false,
  };
}

/** Discord returns an option without what was null or left at its default. */
function optionJson(option: OptionDefinition): Json {
  const { options, required, autocomplete, choices, ...rest } = option;
  const given = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined);
  return {
    ...Object.fromEntries(given),
    ...(required ? { required: true } : {}),
    ...(autocomplete ? { autocomplete: true } : {}),
    ...(choices ? { choices } : {}),
    ...(options ? { options: options.map(optionJson) } : {}),
  };
}

function definitionOf(command: RegisteredCommand): Json {
  const { application_id: _application, version: _version, guild_id: _guild, ...rest } = command;
  return rest;
}
