import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { textOf } from '../../src/playground/discord/index.js';
import { type ComfyUiServer, startComfyUiServer } from '../support/comfyui-server.js';
import { type RedisServer, startRedis } from '../support/redis.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramCardWith,
  telegramPress,
  telegramWords,
} from '../support/studio-people.js';

let studio: Studio;
let comfyUi: ComfyUiServer;
let redis: RedisServer;
beforeAll(async () => {
  [comfyUi, redis, studio] = await Promise.all([
    startComfyUiServer({ stepMs: 100 }),
    startRedis(),
    openStudio(),
  ]);
});
afterAll(async () => {
  await studio.close();
  await Promise.all([comfyUi.close(), redis.stop()]);
});

/** Progress, images and a cancel on both platforms. */
async function expectEverything(): Promise<void> {
  const { channel, people } = openDiscordRoom(studio);
  const ann = studio.telegram.createUser();
  people[0]?.command(channel, 'imagine', { prompt: 'a fox' });
  await ann.send(ann.chat, { text: 'a fox' });
  const onDiscord = await discordCardWith(channel, 'U1');
  const onTelegram = await telegramCardWith(studio, ann.chat, 'U1');
  const isProgress = (words: string) => /[▰▱]{10} \d+%/.test(words);
  expect(onDiscord.versions.some((version) => isProgress(textOf(version)))).toBe(true);
  expect(onTelegram.versions.some((version) => isProgress(telegramWords(version)))).toBe(true);

  comfyUi.execution.hold();
  await ann.send(ann.chat, { text: 'a wolf' });
  await comfyUi.began();
  const stops = comfyUi.stops();
  telegramPress(ann, await telegramCardWith(studio, ann.chat, 'Cancel'), 'Cancel');
  await studio.telegram.waitForMessage(ann.chat, (message) =>
    telegramWords(message).includes('cancelled'),
  );
  await vi.waitFor(() => expect(comfyUi.execution.running).toBeUndefined(), {
    timeout: patienceMs,
  });
  expect(comfyUi.stops()).toBeGreaterThan(stops);
  comfyUi.execution.release();
}

it('works through Redis in one process', async () => {
  const easel = await studio.start({ REDIS_URL: redis.url, COMFYUI_URL: comfyUi.url });
  await expectEverything();
  expect(await easel.end()).toBe(0);
});

it('works with the bots in one process and the worker in another', async () => {
  const shared = { ...studio.environment, REDIS_URL: redis.url, COMFYUI_URL: comfyUi.url };
  const bots = studio.spawn({ ...shared, EASEL_ROLES: 'discord,telegram' });
  const worker = studio.spawn({ ...shared, EASEL_ROLES: 'worker' });
  await Promise.all([
    bots.said('The discord bot is ready'),
    bots.said('The telegram bot is ready'),
    worker.said('The worker is ready'),
  ]);
  await expectEverything();
  expect(await Promise.all([bots.end(), worker.end()])).toEqual([0, 0]);
});

it('refuses to split the roles without Redis, and says why', async () => {
  const easel = studio.spawn({ ...studio.environment, EASEL_ROLES: 'worker' });
  expect(await easel.exited).toBe(1);
  expect(easel.output()).toContain('REDIS_URL');
});
