import { refusal } from '../errors.js';
import type { Guild } from '../records.js';
import { type Call, ok, param, type Route } from '../router.js';
import { channelJson, guildJson, memberJson, roleJson, userJson } from '../wire.js';
import { isBotIn, userOf, type World } from '../world.js';

const limit = { count: 10, withinMs: 5000 };

export function guildRoutes(world: World): Route[] {
  const get = (template: string, handle: Route['handle']): Route => ({
    method: 'GET',
    template,
    limit,
    handle,
  });
  const guild = (call: Call) => openGuild(world, call);
  return [
    get('/guilds/{guild_id}', (call) => {
      const counts = {
        approximate_member_count: guild(call).members.size,
        approximate_presence_count: guild(call).members.size,
      };
      const isCounted = call.query.get('with_counts') === 'true';
      return ok({ ...guildJson(guild(call)), ...(isCounted ? counts : {}) });
    }),
    get('/guilds/{guild_id}/roles', (call) => ok([...guild(call).roles.values()].map(roleJson))),
    get('/guilds/{guild_id}/roles/{role_id}', (call) => {
      const role = guild(call).roles.get(param(call, 'role_id'));
      if (!role) throw refusal('unknownRole');
      return ok(roleJson(role));
    }),
    get('/guilds/{guild_id}/channels', (call) => {
      const channels = guild(call).channelIds.flatMap((id) => world.channels.get(id) ?? []);
      return ok(channels.map((channel) => channelJson(world, channel)));
    }),
    get('/guilds/{guild_id}/members', (call) => {
      const after = BigInt(call.query.get('after') ?? 0);
      const count = Number(call.query.get('limit') ?? 1);
      const members = [...guild(call).members.values()]
        .filter(({ userId }) => BigInt(userId) > after)
        .sort((one, other) => (BigInt(one.userId) < BigInt(other.userId) ? -1 : 1));
      return ok(members.slice(0, count).map((member) => memberJson(world, member)));
    }),
    get('/guilds/{guild_id}/members/{user_id}', (call) => {
      const member = guild(call).members.get(param(call, 'user_id'));
      if (!member) throw refusal('unknownMember');
      return ok(memberJson(world, member));
    }),
    get('/users/{user_id}', (call) => ok(userJson(userOf(world, param(call, 'user_id'))))),
  ];
}

function openGuild(world: World, call: Call): Guild {
  const guild = world.guilds.get(param(call, 'guild_id'));
  if (!guild) throw refusal('unknownGuild');
  if (!isBotIn(world, guild)) throw refusal('missingAccess');
  return guild;
}
