import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Chat } from '../../chat/index.js';
import { applicationCommands } from './application-commands.js';
import type { DiscordApi } from './discord-api.js';

/** What a command says of itself; ids, versions and defaults that Discord adds are left out. */
const comparedKeys = [
  'type',
  'name',
  'name_localizations',
  'description',
  'description_localizations',
  'default_member_permissions',
  'contexts',
  'integration_types',
  'options',
  'required',
  'autocomplete',
  'choices',
  'value',
  'min_value',
  'max_value',
  'min_length',
  'max_length',
];

/**
 * Tells Discord the commands when they differ from those that it has: a replacement is limited to
 * 200 creations a day. @throws DiscordError
 */
export async function registerCommands(
  api: Pick<DiscordApi, 'commands' | 'replaceCommands'>,
  applicationId: string,
  chat: Pick<Chat, 'commands' | 'commandGroups'>,
  log: Logger,
): Promise<void> {
  const wanted = applicationCommands(chat);
  const present = await api.commands(applicationId);
  if (sameCommands(wanted, present)) return;
  await api.replaceCommands(applicationId, wanted);
  log.info({ commands: wanted.map(({ name }) => name) }, 'Discord has the commands');
}

export function sameCommands(wanted: readonly unknown[], present: readonly unknown[]): boolean {
  const canonical = (commands: readonly unknown[]) =>
    commands.map(normalized).sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  return isDeepStrictEqual(canonical(wanted), canonical(present));
}

function normalized(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(normalized);
    return items.every((item) => typeof item === 'number') ? items.sort() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const key of comparedKeys) {
    const field = (value as Record<string, unknown>)[key];
    if (isAbsent(field)) continue;
    if (key === 'default_member_permissions') kept[key] = String(field);
    else if (key.endsWith('_localizations')) kept[key] = { ...(field as object) };
    else kept[key] = normalized(field);
  }
  return kept;
}

/**
 * Discord leaves out, or sends as null, what we send as false or empty; and a command of a message's
 * menu, which has no description, comes back with an empty one.
 */
function isAbsent(field: unknown): boolean {
  if (field === undefined || field === null || field === false || field === '') return true;
  return typeof field === 'object' && Object.keys(field).length === 0;
}

function nameOf(command: unknown): string {
  const named = command as { name?: unknown };
  return typeof named.name === 'string' ? named.name : '';
}
