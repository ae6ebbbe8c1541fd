import { createServer } from 'node:http';
import { type AdjustableClock, createClock } from './clock.js';
import { createDriver, type Driver } from './driver/server.js';
import type { PlaygroundEvents } from './events.js';
import { createFaults, type Faults } from './faults.js';
import { createGateway, type Gateway } from './gateway/gateway.js';
import { createRequestListener } from './http-server.js';
import { defaultFirstAnswerMs } from './interactions.js';
import { createLedger, type Ledger } from './ledger.js';
import { createRateLimits } from './rate-limits.js';
import { createRouter } from './router.js';
import { callbackRoutes } from './routes/callbacks.js';
import { channelRoutes } from './routes/channels.js';
import { commandRoutes } from './routes/commands.js';
import { guildRoutes } from './routes/guilds.js';
import { messageRoutes } from './routes/messages.js';
import { ownAccountRoutes } from './routes/own-account.js';
import { webhookRoutes } from './routes/webhooks.js';
import { createWorld, type RegisteredCommand } from './world.js';

export type { AdjustableClock } from './clock.js';
export type { ChannelHandle, InteractionHandle } from './driver/handles.js';
export type { PickedFile } from './driver/options.js';
export type { Person } from './driver/person.js';
export type { Driver, GuildHandle } from './driver/server.js';
export type { LedgerEntry } from './ledger.js';
export { buttonsOf, shownAttachments, textOf } from './reading.js';
export type { Attachment, Interaction, Message, MessageVersion } from './records.js';

export interface DiscordPlaygroundOptions {
  /** The bot's token; one is made up where absent. */
  token?: string;
  botName?: string;
  clock?: AdjustableClock;
  /** 0 picks a free port. */
  port?: number;
  /** Privileged gateway intents that the application may ask for; none where absent. */
  allowedIntents?: number;
  /** Multiplies the platform's rate limits; 1 where absent. */
  rateLimitScale?: number;
  /** Discord's own 3000 where absent; more for what must not fail on a machine that is busy. */
  firstAnswerWithinMs?: number;
}

/** A local Discord: REST v10, gateway, interactions and files, and the people who use them. */
export interface DiscordPlayground {
  /** `http://127.0.0.1:PORT/api`: the value for DISCORD_API_URL. */
  readonly url: string;
  readonly token: string;
  /** Also the bot's user id. */
  readonly applicationId: string;
  readonly clock: AdjustableClock;
  readonly driver: Driver;
  readonly events: PlaygroundEvents;
  readonly faults: Faults;
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  commands(): RegisteredCommand[];
  close(): Promise<void>;
}

/** Long, as the real one's; Node's own 5 s would meet clients in the middle of their next request. */
const keepAliveMs = 75_000;

export async function createDiscordPlayground(
  options: DiscordPlaygroundOptions = {},
): Promise<DiscordPlayground> {
  const clock = options.clock ?? createClock();
  const world = createWorld({
    clock,
    botName: options.botName ?? 'easel',
    firstAnswerWithinMs: options.firstAnswerWithinMs ?? defaultFirstAnswerMs,
    ...(options.token === undefined ? {} : { token: options.token }),
  });
  const faults = createFaults();
  const ledger = createLedger();
  const router = createRouter([
    ...ownAccountRoutes(world),
    ...commandRoutes(world),
    ...channelRoutes(world),
    ...messageRoutes(world),
    ...guildRoutes(world),
    ...callbackRoutes(world),
    ...webhookRoutes(world),
  ]);
  const limits = createRateLimits(clock, options.rateLimitScale ?? 1);
  const listener = createRequestListener({ world, router, limits, faults, ledger });
  const server = createServer((request, response) => {
    listener(request, response).catch((error: unknown) => {
      world.events.emit('fault', error instanceof Error ? error : new Error(String(error)));
      request.socket.destroy();
    });
  });
  server.keepAliveTimeout = keepAliveMs;
  const gateway = createGateway(world, server, options.allowedIntents ?? 0);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port to listen on');
  world.origin = `http://127.0.0.1:${address.port}`;
  return {
    url: `${world.origin}/api`,
    token: world.token,
    applicationId: world.bot.id,
    clock,
    driver: createDriver(world),
    events: world.events,
    faults,
    gateway,
    ledger,
    commands: () => [...world.commands.values()],
    async close() {
      gateway.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
