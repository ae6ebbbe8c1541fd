import { afterAll, beforeAll, expect, it } from 'vitest';
import { textOf } from '../../src/playground/discord/index.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramCardWith,
  telegramPress,
  telegramSaid,
  telegramWords,
} from '../support/studio-people.js';

let studio: Studio;
beforeAll(async () => {
  studio = await openStudio();
  await studio.start();
});
afterAll(() => studio.close());

it('gives one person with two accounts one history, whose buttons work on both platforms', async () => {
  const { channel, people } = openDiscordRoom(studio);
  const [annOnDiscord] = people;
  if (!annOnDiscord) throw new Error('nobody');
  annOnDiscord.command(channel, 'imagine', { prompt: 'a fox on Discord' });
  const card = await discordCardWith(channel, 'U1');
  const answer = annOnDiscord.command(channel, 'settings link');
  const told = textOf(await answer.message({ timeoutMs: patienceMs }));
  const [, code] = /\/settings link ([A-Z0-9]+)/.exec(told) ?? [];

  const ann = studio.telegram.createUser();
  await ann.send(ann.chat, { text: `/settings link ${code}` });
  await studio.telegram.waitForMessage(ann.chat, (message) =>
    telegramWords(message).includes('Joined'),
  );
  await ann.send(ann.chat, { text: '/history' });
  const list = await telegramCardWith(studio, ann.chat, '🔎 1', 'a fox on Discord');
  telegramPress(ann, list, '🔎 1');
  telegramPress(ann, await telegramCardWith(studio, ann.chat, 'U1', '/imagine a fox'), 'U1');
  await telegramCardWith(studio, ann.chat, 'Originals', 'Lanczos ×2');

  // The card on Discord is still that person's, and nobody else's.
  const varied = annOnDiscord.press(card, 'V1');
  await varied.message({ timeoutMs: patienceMs });
  const used = await studio.query('select count(distinct user_id)::int as people from batches');
  expect(used).toEqual([{ people: 1 }]);
});

it('lets the owner share a private result in the chat where they look at it', async () => {
  const ann = studio.telegram.createUser();
  const room = studio.telegram.createGroup({ owner: ann });
  await ann.send(ann.chat, { text: 'a secret fox --private' });
  const card = await telegramCardWith(studio, ann.chat, 'Share', 'a secret fox');
  const before = telegramSaid(studio, ann.chat).length;
  telegramPress(ann, card, 'Share');
  await expect
    .poll(() => telegramSaid(studio, ann.chat).length, { timeout: patienceMs })
    .toBe(before + 1);
  const shared = telegramSaid(studio, ann.chat).at(-1);
  expect(shared?.content.photo).toBeDefined();
  expect(shared?.content.caption).toContain('a secret fox');

  // In a group its words and pictures are nobody's but those whom the owner shows them.
  await ann.send(room, { text: '/history' });
  const listed = await studio.telegram.waitForMessage(room, ({ from }) => from.is_bot);
  expect(telegramWords(listed)).not.toContain('secret');
});
