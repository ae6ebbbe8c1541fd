import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '../../src/playground/discord/index.js';
import type { Room } from '../../src/playground/telegram/index.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramCardWith,
  telegramWords,
} from '../support/studio-people.js';

let studio: Studio;
let chief: ReturnType<Studio['discord']['driver']['createPerson']>;
beforeAll(async () => {
  studio = await openStudio({
    configuration: 'backends: [{ name: sketch, type: sketch, slots: 4, stepDurationMs: 10 }]',
  });
  chief = studio.discord.driver.createPerson({ name: 'chief' });
  await studio.start({ EASEL_ADMINS: `discord:${chief.id}` });
});
afterAll(() => studio.close());

function heard(room: Room, words: string) {
  return studio.telegram.waitForMessage(
    room,
    (message) => message.from.is_bot && telegramWords(message).includes(words),
    { timeoutMs: patienceMs },
  );
}

describe('on Discord', () => {
  it('a manager blocks words and people, and sees it in the log', async () => {
    const { guild, channel, people } = openDiscordRoom(studio, 'ann');
    const [ann] = people;
    if (!ann) throw new Error('nobody is here');
    const max = studio.discord.driver.createPerson({ name: 'max' });
    guild.addMember(max, { permissions: ['ManageGuild'] });
    const rule = { rule: 'blocked-words', value: 'gore, 血腥' };
    const set = await max.command(channel, 'admin rules set', rule).message();
    expect(textOf(set)).toContain('blocked-words: gore, 血腥');
    const refused = await ann.command(channel, 'imagine', { prompt: 'GORE!' }).message();
    expect(textOf(refused)).toContain('“gore” is a blocked word');
    ann.command(channel, 'imagine', { prompt: 'a gorgeous fox' });
    await discordCardWith(channel, 'U1', 'gorgeous');

    const blocked = await max.command(channel, 'admin block', { user: ann.id }).message();
    expect(textOf(blocked)).toContain('can have nothing made here');
    const told = await ann.command(channel, 'imagine', { prompt: 'a fox' }).message();
    expect(textOf(told)).toContain('You have been blocked');
    const log = await max.command(channel, 'admin log').message();
    expect(textOf(log)).toMatch(/blocked ann/i);
    expect(textOf(log)).toContain('rules.blockedWords');
    expect(channel.messages().some((message) => textOf(message).includes('rules.'))).toBe(false);
  });

  it('administrators set limits, hide models and see everything, with a picture', async () => {
    const { guild, channel, people } = openDiscordRoom(studio, 'ann');
    guild.addMember(chief, { permissions: ['ManageGuild'] });
    people[0]?.command(channel, 'imagine', { prompt: 'a heron' });
    await discordCardWith(channel, 'U1', 'heron');
    const stats = await chief.command(channel, 'admin stats').message();
    expect(textOf(stats)).toContain('Everywhere');
    expect(stats.attachments.map(({ filename }) => filename)).toEqual(['tasks-by-day.png']);

    const limit = { limit: 'promptMaxCharacters', value: '20' };
    const set = await chief.command(channel, 'admin limits set', limit).message();
    expect(textOf(set)).toContain('promptMaxCharacters: 20');
    const long = { prompt: 'a heron that stands in the water' };
    const refused = await people[0]?.command(channel, 'imagine', long).message();
    expect(refused && textOf(refused)).toContain('20 is the most');

    await chief.command(channel, 'admin models hide', { model: 'sketch' }).message();
    const models = await people[0]?.command(channel, 'models').message();
    expect(models && textOf(models)).not.toMatch(/^sketch ·/m);
    await chief.command(channel, 'admin models show', { model: 'sketch' }).message();
    const users = await chief.command(channel, 'admin users').message();
    expect(textOf(users)).toContain(' in 1 batch');
  });
});

describe('on Telegram', () => {
  it('one keeps rules and a log in a private chat, and is refused what is global', async () => {
    const ben = studio.telegram.createUser();
    await ben.send(ben.chat, { text: '/admin rules set blocked-words gore' });
    await heard(ben.chat, 'blocked-words: gore');
    await ben.send(ben.chat, { text: 'so much gore' });
    await heard(ben.chat, '“gore” is a blocked word');
    await ben.send(ben.chat, { text: '/admin rules set blocked-words -' });
    await heard(ben.chat, 'blocked-words: none');
    await ben.send(ben.chat, { text: 'so much gore' });
    await telegramCardWith(studio, ben.chat, 'U1', 'gore');
    await ben.send(ben.chat, { text: '/admin log' });
    await heard(ben.chat, 'rules.blockedWords: gore → –');
    await ben.send(ben.chat, { text: '/admin stats' });
    await heard(ben.chat, '1 batch');
    await ben.send(ben.chat, { text: '/admin stats global' });
    await heard(ben.chat, "Only Easel's own administrators look");
  });
});
