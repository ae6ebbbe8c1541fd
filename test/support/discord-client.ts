import {
  type ApplicationCommandDataResolvable,
  Client,
  type ClientEvents,
  Events,
  GatewayIntentBits,
  type Interaction,
} from 'discord.js';
import { onTestFinished } from 'vitest';
import type {
  ChannelHandle,
  DiscordPlayground,
  GuildHandle,
  Person,
} from '../../src/playground/discord/index.js';
import { type JudgedPlayground, startDiscordPlayground } from './discord-playground.js';

type Handler = (interaction: Interaction) => Promise<unknown>;

export interface DiscordScene {
  playground: JudgedPlayground;
  guild: GuildHandle;
  channel: ChannelHandle;
  ada: Person;
  client: Client<true>;
}

/** A real discord.js client, logged in, its commands registered, in a server with one member. */
export async function startDiscordScene(
  commands: readonly ApplicationCommandDataResolvable[],
  handle: Handler,
): Promise<DiscordScene> {
  const playground = await startDiscordPlayground();
  const guild = playground.driver.createGuild({ name: 'Studio' });
  const channel = guild.createChannel({ name: 'general' });
  const ada = playground.driver.createPerson({ name: 'Ada', locale: 'zh-CN' });
  guild.addMember(ada);
  const client = await logIn(playground, handle);
  await client.application.commands.set(commands);
  return { playground, guild, channel, ada, client };
}

/** A handler that throws, or an error of the client, fails the test. */
export async function logIn(playground: DiscordPlayground, handle: Handler): Promise<Client<true>> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
    rest: { api: playground.url },
  });
  const failures: unknown[] = [];
  client.on(Events.InteractionCreate, (interaction) => {
    handle(interaction).catch((error: unknown) => failures.push(error));
  });
  client.on(Events.Error, (error) => failures.push(error));
  onTestFinished(async () => {
    await client.destroy();
    if (failures.length > 0) throw new AggregateError(failures, failures.join('\n'));
  });
  const ready = nextEvent(client, Events.ClientReady);
  await client.login(playground.token);
  const [logged] = await ready;
  return logged;
}

export function nextEvent<Name extends keyof ClientEvents>(client: Client, name: Name) {
  return new Promise<ClientEvents[Name]>((resolve) => {
    client.once(name, (...event) => resolve(event));
  });
}
