import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '../../src/playground/discord/index.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordButtons,
  openDiscordRoom,
  patienceMs,
  telegramButtons,
  telegramSaid,
} from '../support/studio-people.js';

let studio: Studio;
beforeAll(async () => {
  studio = await openStudio({
    configuration: 'backends: [{ name: sketch, type: sketch, slots: 4, stepDurationMs: 10 }]',
  });
  await studio.start();
});
afterAll(() => studio.close());

const twenty = Array.from({ length: 20 }, (_, index) => index + 1);

describe('twenty commands at once', () => {
  it('each get an answer in Discord’s time, and their image, in one channel', async () => {
    const names = twenty.map((number) => `person${number}`);
    const { channel, people } = openDiscordRoom(studio, ...names);
    const asked = people.map((person, index) =>
      person.command(channel, 'imagine', { prompt: `fox number ${index}` }),
    );
    await Promise.all(asked.map((each) => each.answered()));
    expect(asked.filter((each) => each.hasFailed())).toEqual([]);

    const cards = await Promise.all(asked.map((each) => each.message({ timeoutMs: patienceMs })));
    await channel.waitFor(() => cards.every((card) => discordButtons(card).includes('U1')), {
      timeoutMs: patienceMs,
    });
    expect(channel.messages()).toHaveLength(20);
    cards.forEach((card, index) => {
      expect(textOf(card)).toContain(`fox number ${index}`);
    });
    expect(studio.discord.ledger.count({ status: 429 })).toBe(0);
  });

  it('each get their card and their image in twenty Telegram chats', async () => {
    const people = twenty.map(() => studio.telegram.createUser());
    await Promise.all(people.map((each) => each.send(each.chat, { text: 'a fox' })));
    await studio.telegram.waitFor(
      () =>
        people.every(({ chat }) => {
          const [card] = telegramSaid(studio, chat);
          return card && telegramButtons(card).includes('U1');
        }),
      { timeoutMs: patienceMs },
    );
    for (const { chat } of people) expect(telegramSaid(studio, chat)).toHaveLength(1);
    expect(studio.telegram.ledger.exchanges.filter(({ status }) => status === 429)).toEqual([]);
  });
});

it('answers many commands in one Telegram chat within what the chat may be sent', async () => {
  const ann = studio.telegram.createUser();
  const commands = twenty.slice(0, 10);
  for (const number of commands) await ann.send(ann.chat, { text: `/imagine fox ${number}` });
  await studio.telegram.waitFor(
    () =>
      telegramSaid(studio, ann.chat).filter((card) => telegramButtons(card).includes('U1'))
        .length === commands.length,
    { timeoutMs: patienceMs },
  );
  expect(telegramSaid(studio, ann.chat)).toHaveLength(commands.length);
  expect(studio.telegram.ledger.exchanges.filter(({ status }) => status === 429)).toEqual([]);
});
