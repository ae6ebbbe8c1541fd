import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownAttachments, textOf } from '../../src/playground/discord/index.js';
import { halfDistance, inputImage, leftHalf } from '../contracts/backend-harness.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramCardWith,
  telegramWords,
} from '../support/studio-people.js';

let studio: Studio;
beforeAll(async () => {
  studio = await openStudio({
    configuration: 'backends: [{ name: sketch, type: sketch, slots: 4, stepDurationMs: 10 }]',
  });
  await studio.start();
});
afterAll(() => studio.close());

/** The requests of the newest batch's tasks. */
async function newestRequest(): Promise<Record<string, unknown>> {
  const [row] = await studio.query('select request from tasks order by sequence desc limit 1');
  return row?.request as Record<string, unknown>;
}

describe('presets', () => {
  it('are offered on Discord while one types, and shape the image', async () => {
    const { channel, people } = openDiscordRoom(studio);
    const [ann] = people;
    const typed = { option: 'preset', value: 'pix' };
    const offered = await ann?.autocomplete(channel, 'imagine', typed);
    expect(offered).toMatchObject([{ value: 'pixel-art' }]);
    const models = await ann?.autocomplete(channel, 'imagine', { option: 'model', value: '' });
    expect(models?.map(({ value }) => value)).toContain('sketch');

    ann?.command(channel, 'imagine', { prompt: 'a red fox', preset: 'pixel-art' });
    const done = await discordCardWith(channel, 'U1');
    expect(textOf(done)).toContain('a red fox');
    expect(await newestRequest()).toMatchObject({
      prompt: expect.stringMatching(/^a red fox, pixel art/),
      preset: { name: 'pixel-art', scopeId: 'global', version: 1 },
    });
  });

  it('are made by those who manage a server, and used there', async () => {
    const { guild, channel } = openDiscordRoom(studio);
    const max = studio.discord.driver.createPerson({ name: 'max' });
    guild.addMember(max, { permissions: ['ManageGuild'] });
    const options = { name: 'house', prompt: '{prompt} by our own hand', aspect: '2:1' };
    const added = await max.command(channel, 'admin preset add', options).message();
    expect(textOf(added)).toContain('Added house');
    max.command(channel, 'imagine', { prompt: 'a fox --preset house' });
    await discordCardWith(channel, 'U1');
    expect(await newestRequest()).toMatchObject({
      prompt: 'a fox by our own hand',
      aspect: '2:1',
      preset: { name: 'house', scopeId: `discord:${guild.id}`, version: 1 },
    });
    const elsewhere = openDiscordRoom(studio);
    const [ann] = elsewhere.people;
    const answer = await ann
      ?.command(elsewhere.channel, 'imagine', { prompt: 'x', preset: 'house' })
      .message();
    expect(answer && textOf(answer)).toContain('no preset');
  });

  it('are made, used and removed on Telegram, by oneself in private', async () => {
    const ben = studio.telegram.createUser();
    const heard = (words: string) =>
      studio.telegram.waitForMessage(
        ben.chat,
        (message) => message.from.is_bot && telegramWords(message).startsWith(words),
        { timeoutMs: patienceMs },
      );
    await ben.send(ben.chat, { text: '/admin preset add mine {prompt} in my way --n 2' });
    await heard('Added mine');
    await ben.send(ben.chat, { text: 'a boat --preset mine' });
    await telegramCardWith(studio, ben.chat, 'U2');
    expect(await newestRequest()).toMatchObject({ prompt: 'a boat in my way', count: 2 });
    await ben.send(ben.chat, { text: '/admin preset remove mine' });
    await heard('Removed mine');
    await ben.send(ben.chat, { text: '/presets' });
    const list = telegramWords(await heard('Presets, used as in'));
    expect(list).toContain('watercolor');
    expect(list).not.toContain('mine');
  });
});

describe('the list of presets', () => {
  it('has a picture of them on Discord, and on Telegram', async () => {
    const { channel, people } = openDiscordRoom(studio);
    const list = await people[0]?.command(channel, 'presets').message();
    expect(list && textOf(list)).toContain('1 · 3d-render');
    expect(list?.attachments.map(({ filename }) => filename)).toEqual(['presets.jpg']);

    const ben = studio.telegram.createUser();
    await ben.send(ben.chat, { text: '/presets' });
    const photo = await studio.telegram.waitForMessage(
      ben.chat,
      (message) => message.from.is_bot && message.content.photo !== undefined,
      { timeoutMs: patienceMs },
    );
    expect(photo.content.photo?.at(-1)?.width).toBeGreaterThan(700);
  });
});

describe('a form for presets', () => {
  it('makes and changes one on Discord', async () => {
    const { guild, channel } = openDiscordRoom(studio);
    const max = studio.discord.driver.createPerson({ name: 'max' });
    guild.addMember(max, { permissions: ['ManageGuild'] });
    const adding = max.command(channel, 'admin preset add');
    expect(await adding.modal()).toMatchObject({ title: 'New preset' });
    const added = max.submitModal(adding, { name: 'dusk', prompt: '{prompt} at dusk --ar 3:2' });
    expect(textOf(await added.message())).toContain('Added dusk');

    const editing = max.command(channel, 'admin preset edit', { name: 'dusk' });
    expect(JSON.stringify(await editing.modal())).toContain('{prompt} at dusk');
    const edited = max.submitModal(editing, { name: 'dusk', prompt: '{prompt} at dawn' });
    expect(textOf(await edited.message())).toContain('“{prompt} at dawn” · 3:2');
  });

  it('is an example to copy on Telegram', async () => {
    const ben = studio.telegram.createUser();
    const heard = (words: string) =>
      studio.telegram.waitForMessage(
        ben.chat,
        (message) => message.from.is_bot && telegramWords(message).includes(words),
        { timeoutMs: patienceMs },
      );
    await ben.send(ben.chat, { text: '/admin preset add' });
    const usage = await heard('Copy this and change it');
    const [code] = /\/admin preset add .*/.exec(telegramWords(usage)) ?? [];
    expect(usage.content.entities).toMatchObject([{ type: 'pre' }]);
    await ben.send(ben.chat, { text: code ?? '' });
    await heard('Added noir');
    await ben.send(ben.chat, { text: '/admin preset edit noir' });
    await heard('/admin preset edit noir film noir of {prompt}, rain --ar 16:9 --no colour');
  });
});

describe('a mask on Discord', () => {
  it('lets the image change where it says, in the colours of a reference', async () => {
    const { channel, people } = openDiscordRoom(studio);
    const [image, mask] = [await inputImage(), await leftHalf('transparent')];
    const file = (name: string, { bytes }: typeof image) => ({ name, bytes });
    people[0]?.command(channel, 'imagine', {
      prompt: 'the sea at night',
      image: file('image.png', image),
      mask: file('mask.png', mask),
      reference1: file('reference.png', image),
    });
    const done = await discordCardWith(channel, 'U1');
    const [shown] = shownAttachments(done);
    const bytes = shown?.bytes ?? new Uint8Array();
    expect(await halfDistance(bytes, image.bytes, 'right')).toBeLessThan(4);
    expect(await halfDistance(bytes, image.bytes, 'left')).toBeGreaterThan(10);
  });
});
