import { Client, Events, GatewayIntentBits } from 'discord.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { textOf } from '../../../src/playground/discord/index.js';
import { logIn, nextEvent, startDiscordScene } from '../../support/discord-client.js';
import { startDiscordPlayground } from '../../support/discord-playground.js';

const commands = [{ name: 'imagine', description: 'Make an image' }];

describe('the gateway, to the real client', () => {
  it('logs in and knows its server, channels and itself', async () => {
    const { client, guild, channel } = await startDiscordScene(commands, async () => undefined);
    expect(client.user.username).toBe('easel');
    expect(client.guilds.cache.get(guild.id)?.name).toBe('Studio');
    expect(client.channels.cache.has(channel.id)).toBe(true);
    expect((await client.application.fetch()).id).toBe(client.user.id);
  });

  it('is refused with a wrong token', async () => {
    const playground = await startDiscordPlayground();
    const client = new Client({ intents: [], rest: { api: playground.url } });
    onTestFinished(() => client.destroy());
    await expect(client.login('wrong')).rejects.toThrow(/token/i);
  });

  it('is refused an intent that the application was not allowed', async () => {
    const playground = await startDiscordPlayground();
    const intents = [GatewayIntentBits.MessageContent];
    const client = new Client({ intents, rest: { api: playground.url } });
    onTestFinished(() => client.destroy());
    await expect(client.login(playground.token)).rejects.toThrow(/disallowed intents/i);
  });

  it('gets the same interaction twice when it is replayed', async () => {
    const ids: string[] = [];
    const { playground, ada, channel } = await startDiscordScene(commands, async (interaction) => {
      ids.push(interaction.id);
      if (ids.length === 1 && interaction.isChatInputCommand()) await interaction.reply('once');
    });
    const used = ada.command(channel, 'imagine');
    await used.message();
    used.replay();
    const last = ada.command(channel, 'imagine');
    await expect.poll(() => ids, { timeout: 30_000 }).toEqual([used.id, used.id, last.id]);
    expect(playground.ledger.count({ route: /callback/ })).toBe(1);
  });

  it('resumes after its connection broke, and gets what it missed', async () => {
    const { playground, ada, channel, client } = await startDiscordScene(
      commands,
      async (interaction) => {
        if (interaction.isChatInputCommand()) await interaction.reply('still here');
      },
    );
    const resumed = nextEvent(client, Events.ShardResume);
    playground.gateway.drop();
    const used = ada.command(channel, 'imagine');
    expect(textOf(await used.message())).toBe('still here');
    await resumed;
    expect([playground.gateway.identifyCount, playground.gateway.resumeCount]).toEqual([1, 1]);
  });

  it('identifies anew when the session is forgotten', async () => {
    const { playground, ada, channel, client } = await startDiscordScene(
      commands,
      async (interaction) => {
        if (interaction.isChatInputCommand()) await interaction.reply('anew');
      },
    );
    const ready = nextEvent(client, Events.ShardReady);
    playground.gateway.forgetSessions();
    playground.gateway.drop();
    await ready;
    const used = ada.command(channel, 'imagine');
    expect(textOf(await used.message())).toBe('anew');
  });

  it('comes back when it is asked to reconnect', async () => {
    const { playground, client } = await startDiscordScene(commands, async () => undefined);
    const resumed = nextEvent(client, Events.ShardResume);
    playground.gateway.askToReconnect();
    await resumed;
    expect(playground.gateway.sessionCount).toBe(1);
  });

  it('gets every event in both processes that use its token', async () => {
    const seen: string[] = [];
    const { playground, ada, channel } = await startDiscordScene(commands, async (interaction) => {
      seen.push(`first ${interaction.id}`);
    });
    await logIn(playground, async (interaction) => {
      seen.push(`second ${interaction.id}`);
    });
    const { id } = ada.command(channel, 'imagine');
    await expect
      .poll(() => seen.sort(), { timeout: 30_000 })
      .toEqual([`first ${id}`, `second ${id}`]);
  });
});
