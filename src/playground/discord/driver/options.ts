import { attachmentJson } from '../message-wire.js';
import type { Attachment, Channel, Guild, User } from '../records.js';
import { type OptionDefinition, optionTypes } from '../validation/command-definition.js';
import { channelJson, memberJson, roleJson, userJson } from '../wire.js';
import { guildOf, type RegisteredCommand, userOf, type World } from '../world.js';

type Json = Record<string, unknown>;

/** A file as a person picks it. */
export interface PickedFile {
  name: string;
  bytes: Uint8Array;
  /** What the person's client takes it for; found from the bytes where absent. */
  contentType?: string;
}

/** People, channels and roles are named by their id. */
export type OptionValue = string | number | boolean | PickedFile;

/** Options by name; a sub-command is a path before them: `admin preset add`. */
export type GivenOptions = Readonly<Record<string, OptionValue>>;

export interface ResolvedOptions {
  options: Json[];
  resolved: Json;
}

/** A person's client does not send this: the option or value is not one that the command takes. */
export class ClientRefusal extends Error {
  override readonly name = 'ClientRefusal';
}

/**
 * Fills in a command as a client does: types, choices and bounds checked, required options there.
 * @param path sub-command group and sub-command, in order
 * @param focused for autocomplete: the option being typed; then nothing is required
 * @throws ClientRefusal naming the option and the value
 */
export function resolveOptions(
  world: World,
  use: {
    command: RegisteredCommand;
    path: readonly string[];
    given: GivenOptions;
    channel: Channel;
    focused?: string;
  },
): ResolvedOptions {
  const { command, path, given } = use;
  const resolved: Record<string, Json> = {};
  const definitions = (command.options ?? []) as OptionDefinition[];
  const leaf = leafOf(command.name, definitions, path);
  const unknown = Object.keys(given).find((name) => !leaf.some((each) => each.name === name));
  if (unknown !== undefined) throw new ClientRefusal(`/${command.name} has no option ${unknown}`);
  const options = leaf.flatMap((definition) => {
    const value = given[definition.name];
    const isFocused = definition.name === use.focused;
    if (value === undefined) {
      if (!definition.required || use.focused !== undefined) return [];
      throw new ClientRefusal(`/${command.name} needs the option ${definition.name}`);
    }
    if (!isFocused) check(definition, value);
    const sent = isFocused ? String(value) : place(world, use.channel, definition, value, resolved);
    const { name, type } = definition;
    return [{ name, type, value: sent, ...(isFocused ? { focused: true } : {}) }];
  });
  return { options: wrap(definitions, path, options), resolved };
}

function leafOf(
  name: string,
  definitions: readonly OptionDefinition[],
  path: readonly string[],
): readonly OptionDefinition[] {
  const [first, ...rest] = path;
  if (first === undefined) {
    const needsMore = definitions.some(({ type }) => type <= optionTypes.subcommandGroup);
    if (needsMore) throw new ClientRefusal(`/${name} needs a sub-command`);
    return definitions;
  }
  const next = definitions.find((each) => each.name === first && each.type <= 2);
  if (!next) throw new ClientRefusal(`/${name} has no sub-command ${first}`);
  return leafOf(`${name} ${first}`, next.options ?? [], rest);
}

function wrap(
  definitions: readonly OptionDefinition[],
  path: readonly string[],
  options: Json[],
): Json[] {
  const [first, ...rest] = path;
  const definition = definitions.find((each) => each.name === first);
  if (!definition) return options;
  const inner = wrap(definition.options ?? [], rest, options);
  return [{ name: definition.name, type: definition.type, options: inner }];
}

const valueTypes: Record<number, string> = {
  [optionTypes.integer]: 'number',
  [optionTypes.number]: 'number',
  [optionTypes.boolean]: 'boolean',
  [optionTypes.attachment]: 'object',
};

function check(definition: OptionDefinition, value: OptionValue): void {
  const refuse = (why: string) => {
    throw new ClientRefusal(`option ${definition.name}: ${why}: ${JSON.stringify(value)}`);
  };
  const wanted = valueTypes[definition.type] ?? 'string';
  if (typeof value !== wanted) refuse(`a ${wanted} is needed`);
  if (definition.type === optionTypes.integer && !Number.isInteger(value)) refuse('not whole');
  if (typeof value === 'number') {
    if (value < (definition.min_value ?? -Infinity)) refuse(`below ${definition.min_value}`);
    if (value > (definition.max_value ?? Infinity)) refuse(`above ${definition.max_value}`);
  }
  if (typeof value === 'string') {
    if (value.length < (definition.min_length ?? 0)) refuse(`under ${definition.min_length} long`);
    if (value.length > (definition.max_length ?? 6000)) refuse('too long');
  }
  const choices = definition.choices ?? [];
  if (choices.length > 0 && !choices.some((choice) => choice.value === value)) {
    refuse('not among the choices');
  }
}

/** Puts what the value stands for among the resolved objects. @returns the value to send */
function place(
  world: World,
  channel: Channel,
  definition: OptionDefinition,
  value: OptionValue,
  resolved: Record<string, Json>,
): OptionValue {
  const put = (group: string, id: string, data: Json) => {
    resolved[group] = { ...resolved[group], [id]: data };
  };
  const guild = guildOf(world, channel);
  if (typeof value === 'object') {
    const attachment = storeUpload(world, value);
    put('attachments', attachment.id, attachmentJson(world, attachment));
    return attachment.id;
  }
  const id = String(value);
  const isRole = guild?.roles.has(id) === true;
  const { type } = definition;
  if (type === optionTypes.user || (type === optionTypes.mentionable && !isRole)) {
    placeUser(world, guild, userOf(world, id), put);
  } else if (type === optionTypes.role || type === optionTypes.mentionable) {
    const role = guild?.roles.get(id);
    if (!role) throw new ClientRefusal(`option ${definition.name}: no role ${id}`);
    put('roles', id, roleJson(role));
  } else if (type === optionTypes.channel) {
    const named = world.channels.get(id);
    if (!named) throw new ClientRefusal(`option ${definition.name}: no channel ${id}`);
    put('channels', id, channelJson(world, named));
  }
  return value;
}

export function placeUser(
  world: World,
  guild: Guild | undefined,
  user: User,
  put: (group: string, id: string, data: Json) => void,
): void {
  put('users', user.id, userJson(user));
  const member = guild?.members.get(user.id);
  if (!member) return;
  const { user: _user, ...membership } = memberJson(world, member);
  put('members', user.id, { ...membership, permissions: '0' });
}

export function storeUpload(world: World, file: PickedFile): Attachment {
  return world.files.add(
    { name: file.name, contentType: file.contentType, bytes: Buffer.from(file.bytes) },
    { folderId: world.bot.id, isEphemeral: true },
  );
}
