import {
  addCommand,
  changeCommand,
  commandOf,
  commandsIn,
  overwriteCommands,
} from '../commands.js';
import { refusal } from '../errors.js';
import { type Call, noContent, ok, param, type Route } from '../router.js';
import { isBotIn, type RegisteredCommand, type World } from '../world.js';

const limit = { count: 20, withinMs: 10_000 };

/** Application commands, global and of one guild. */
export function commandRoutes(world: World): Route[] {
  return [
    '/applications/{application_id}',
    '/applications/{application_id}/guilds/{guild_id}',
  ].flatMap((scope) => scopedRoutes(world, scope));
}

function scopedRoutes(world: World, scope: string): Route[] {
  const all = `${scope}/commands`;
  const one = `${all}/{command_id}`;
  return [
    {
      method: 'GET',
      template: all,
      limit,
      handle(call) {
        const isWhole = call.query.get('with_localizations') === 'true';
        const list = commandsIn(world, scopeOf(world, call));
        return ok(isWhole ? list : list.map(withoutLocalizations));
      },
    },
    {
      method: 'PUT',
      template: all,
      limit,
      handle: (call) => ok(overwriteCommands(world, scopeOf(world, call), call.body)),
    },
    {
      method: 'POST',
      template: all,
      limit,
      handle(call) {
        const { command, isNew } = addCommand(world, scopeOf(world, call), call.body);
        return { status: isNew ? 201 : 200, body: command };
      },
    },
    {
      method: 'GET',
      template: one,
      limit,
      handle: (call) => ok(commandOf(world, param(call, 'command_id'), scopeOf(world, call))),
    },
    {
      method: 'PATCH',
      template: one,
      limit,
      handle(call) {
        const before = commandOf(world, param(call, 'command_id'), scopeOf(world, call));
        return ok(changeCommand(world, before, call.body));
      },
    },
    {
      method: 'DELETE',
      template: one,
      limit,
      handle(call) {
        const command = commandOf(world, param(call, 'command_id'), scopeOf(world, call));
        world.commands.delete(command.id);
        return noContent;
      },
    },
  ];
}

/** The guild whose commands are meant; undefined for the global ones. */
function scopeOf(world: World, call: Call): string | undefined {
  if (param(call, 'application_id') !== world.bot.id) throw refusal('unknownApplication');
  const guildId = call.params.guild_id;
  if (guildId === undefined) return undefined;
  const guild = world.guilds.get(guildId);
  if (!guild) throw refusal('unknownGuild');
  if (!isBotIn(world, guild)) throw refusal('missingAccess');
  return guildId;
}

function withoutLocalizations(command: RegisteredCommand): Record<string, unknown> {
  const { name_localizations: _names, description_localizations: _texts, ...rest } = command;
  return rest;
}
