import { gatewayUrl } from '../gateway/gateway.js';
import { ok, type Route } from '../router.js';
import { applicationJson, botAccountJson, ownGuildJson } from '../wire.js';
import { isBotIn, type World } from '../world.js';

const limit = { count: 50, withinMs: 1000 };

/** The gateway's address and what the bot asks about itself. */
export function ownAccountRoutes(world: World): Route[] {
  const application = () => ok(applicationJson(world));
  return [
    {
      method: 'GET',
      template: '/gateway',
      limit,
      handle: () => ok({ url: gatewayUrl(world) }),
    },
    {
      method: 'GET',
      template: '/gateway/bot',
      limit,
      handle: () =>
        ok({
          url: gatewayUrl(world),
          shards: 1,
          session_start_limit: { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 },
        }),
    },
    {
      method: 'GET',
      template: '/users/@me',
      limit,
      handle: () => ok(botAccountJson(world.bot)),
    },
    {
      method: 'GET',
      template: '/users/@me/guilds',
      limit,
      handle: () => {
        const joined = [...world.guilds.values()].filter((guild) => isBotIn(world, guild));
        return ok(joined.map((guild) => ownGuildJson(guild, world.bot.id)));
      },
    },
    { method: 'GET', template: '/applications/@me', limit, handle: application },
    { method: 'GET', template: '/oauth2/applications/@me', limit, handle: application },
  ];
}
