import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiscordPlayground } from '../../src/playground/discord/index.js';
import { createTelegramPlayground } from '../../src/playground/telegram/index.js';
import { type ComfyUiServer, startComfyUiServer } from '../support/comfyui-server.js';
import { startRedis } from '../support/redis.js';
import { type EaselProcess, openStudio, type Studio } from '../support/studio.js';
import { openDiscordRoom } from '../support/studio-people.js';

let studio: Studio;
let comfyUi: ComfyUiServer;
beforeAll(async () => {
  comfyUi = await startComfyUiServer();
  studio = await openStudio();
});
afterAll(async () => {
  await studio.close();
  await comfyUi.close();
});

/** What it wrote that is not of the lowest levels: one line each. */
function complaints(easel: EaselProcess): string[] {
  return easel
    .output()
    .split('\n')
    .filter((line) => line !== '' && !line.includes('"level":30'));
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('a start that cannot go well', () => {
  it('names the variables and the demo where there is no token', async () => {
    const easel = studio.spawn({});
    expect(await easel.exited).toBe(1);
    expect(easel.output()).toContain('DISCORD_TOKEN');
    expect(easel.output()).toContain('TELEGRAM_TOKEN');
    expect(easel.output()).toContain('npm run demo');
  });

  it('says everything that is wrong with the settings at once, and no secret', async () => {
    const easel = studio.spawn({
      TELEGRAM_TOKEN: 'no-token-at-all',
      HTTP_PORT: '70000',
      LOG_LEVEL: 'loud',
    });
    expect(await easel.exited).toBe(1);
    for (const key of ['TELEGRAM_TOKEN', 'HTTP_PORT', 'LOG_LEVEL']) {
      expect(easel.output()).toContain(key);
    }
    expect(easel.output()).not.toContain('no-token-at-all');
  });

  it('ends with one line for a token that a platform refuses, or a wrong password', async () => {
    const { host } = new URL(studio.databaseUrl);
    const wrongPassword = new URL(studio.databaseUrl);
    wrongPassword.username = 'nobody-here';
    wrongPassword.password = 'certainly-wrong';
    const { DISCORD_TOKEN, DISCORD_API_URL, TELEGRAM_TOKEN, TELEGRAM_API_ROOT, DATABASE_URL } =
      studio.environment;
    const discord = { DISCORD_TOKEN, DISCORD_API_URL };
    const telegram = { TELEGRAM_TOKEN, TELEGRAM_API_ROOT };
    const record = { DATABASE_URL };
    const wrong: [Record<string, string | undefined>, RegExp][] = [
      [
        { ...discord, ...record, DISCORD_TOKEN: 'MTA.wrong.token' },
        new RegExp(`${new URL(studio.discord.url).host}.*DISCORD_TOKEN`),
      ],
      [
        { ...telegram, ...record, TELEGRAM_TOKEN: '123456:wrong' },
        new RegExp(`TELEGRAM_TOKEN.*${new URL(studio.telegram.url).host}`),
      ],
      [{ ...telegram, DATABASE_URL: wrongPassword.href }, new RegExp(`Postgres at ${host}`)],
    ];
    for (const [environment, words] of wrong) {
      const easel = studio.spawn(environment as Record<string, string>);
      expect(await easel.exited).toBe(1);
      expect(complaints(easel)).toEqual([expect.stringMatching(words)]);
      expect(easel.output()).not.toContain('certainly-wrong');
    }
  });
});

describe('a start while something is away', () => {
  /** Says host and reason, and goes on trying. */
  async function waitsFor(easel: EaselProcess, host: string): Promise<void> {
    await easel.said(host);
    expect(
      complaints(easel).some((line) => line.includes(host) && line.includes('ECONNREFUSED')),
    ).toBe(true);
    expect(easel.child.exitCode).toBeNull();
  }

  it('waits for Discord and for Telegram, each by itself', async () => {
    const [discordPort, telegramPort] = [await freePort(), await freePort()];
    const easel = studio.spawn({
      ...studio.environment,
      DISCORD_API_URL: `http://127.0.0.1:${discordPort}/api`,
      TELEGRAM_API_ROOT: `http://127.0.0.1:${telegramPort}`,
    });
    await waitsFor(easel, `127.0.0.1:${discordPort}`);
    await waitsFor(easel, `127.0.0.1:${telegramPort}`);
    const telegram = await createTelegramPlayground({
      port: telegramPort,
      token: studio.telegram.token,
    });
    await easel.said('The telegram bot is ready');
    expect(easel.output()).not.toContain('The discord bot is ready');
    const discord = await createDiscordPlayground({
      port: discordPort,
      token: studio.discord.token,
    });
    await easel.said('The discord bot is ready');
    expect(await easel.end()).toBe(0);
    await Promise.all([telegram.close(), discord.close()]);
  });

  it('waits for Postgres and for Redis', async () => {
    const redis = await startRedis();
    await redis.kill();
    const postgresPort = await freePort();
    const database = new URL(studio.databaseUrl);
    const { port } = database;
    database.port = String(postgresPort);
    const easel = studio.spawn({
      ...studio.environment,
      DATABASE_URL: database.href,
      REDIS_URL: redis.url,
    });
    await waitsFor(easel, `127.0.0.1:${postgresPort}`);
    const relay = await relayTo(Number(port), postgresPort);
    await waitsFor(easel, new URL(redis.url).host);
    await redis.start();
    await easel.said('The discord bot is ready');
    expect(await easel.end()).toBe(0);
    relay.close();
    await redis.stop();
  });
});

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it in good order, in the middle of a run',
    async (signal) => {
      comfyUi.execution.hold();
      const easel = await studio.start({ COMFYUI_URL: comfyUi.url });
      const { channel, people } = openDiscordRoom(studio);
      people[0]?.command(channel, 'imagine', { prompt: 'a fox' });
      await comfyUi.began();
      expect(await easel.end(signal)).toBe(0);
      expect(easel.output()).toContain('Stopped');
      expect(comfyUi.stops()).toBe(0);
      comfyUi.execution.release();
    },
  );

  it('given twice ends it at once', async () => {
    const easel = await studio.start();
    easel.child.kill('SIGINT');
    await easel.said('SIGINT: stopping');
    expect(await easel.end('SIGINT')).toBe(1);
  });
});

/** A port that leads to another: a server that comes up when the test says so. */
async function relayTo(target: number, port: number) {
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createServer((inward) => {
    const outward = connect(target, '127.0.0.1');
    for (const socket of [inward, outward]) {
      sockets.add(socket);
      socket.on('error', () => {
        inward.destroy();
        outward.destroy();
      });
    }
    inward.pipe(outward).pipe(inward);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
