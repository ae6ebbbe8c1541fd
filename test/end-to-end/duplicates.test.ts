import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EaselProcess, openStudio, type Studio } from '../support/studio.js';
import {
  discordCardWith,
  openDiscordRoom,
  telegramCardWith,
  telegramSaid,
} from '../support/studio-people.js';

let studio: Studio;
let easel: EaselProcess;
beforeAll(async () => {
  studio = await openStudio({
    configuration: 'backends: [{ name: sketch, type: sketch, stepDurationMs: 10 }]',
  });
  easel = await studio.start();
});
afterAll(() => studio.close());

it('makes one batch of one request, however often and whenever it is delivered', async () => {
  const { channel, people } = openDiscordRoom(studio);
  const [dan] = people;
  const ann = studio.telegram.createUser();
  const asked = dan?.command(channel, 'imagine', { prompt: 'a fox' });
  asked?.replay();
  await ann.send(ann.chat, { text: 'a fox' });
  const update = studio.telegram.updates.at(-1);
  if (!update) throw new Error('no update');
  studio.telegram.replay(update);
  await discordCardWith(channel, 'U1');
  await telegramCardWith(studio, ann.chat, 'U1');

  const replayThenAsk = async (words: string) => {
    asked?.replay();
    studio.telegram.replay(update);
    // What comes after them is done, so they were dealt with before.
    dan?.command(channel, 'imagine', { prompt: words });
    await ann.send(ann.chat, { text: words });
    await discordCardWith(channel, 'U1', words);
    await telegramCardWith(studio, ann.chat, 'U1', words);
  };
  await replayThenAsk('a wolf');
  expect(await studio.batchCount()).toBe(4);

  await easel.end();
  easel = await studio.start();
  await replayThenAsk('a hare');
  expect(await studio.batchCount()).toBe(6);
  expect(channel.messages()).toHaveLength(3);
  expect(telegramSaid(studio, ann.chat)).toHaveLength(3);
});

it('registers its commands only when they differ from those that are there', async () => {
  const writes = studio.discord.ledger.count({ method: 'PUT', route: /commands$/ });
  expect(writes).toBe(1);
  expect(studio.telegram.ledger.of('setMyCommands').length).toBeGreaterThan(0);
  const menus = studio.telegram.ledger.of('setMyCommands').length;
  const reads = studio.discord.ledger.count({ method: 'GET', route: /commands$/ });
  await easel.end();
  easel = await studio.start();
  expect(studio.discord.ledger.count({ method: 'GET', route: /commands$/ })).toBe(reads + 1);
  expect(studio.discord.ledger.count({ method: 'PUT', route: /commands$/ })).toBe(writes);
  expect(studio.telegram.ledger.of('setMyCommands')).toHaveLength(menus);
});
