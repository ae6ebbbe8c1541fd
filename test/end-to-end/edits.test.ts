import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '../../src/playground/discord/index.js';
import { type EaselProcess, openStudio, type Studio } from '../support/studio.js';
import {
  discordButtons,
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramCardWith,
  telegramPress,
  telegramWords,
} from '../support/studio-people.js';

let studio: Studio;
let easel: EaselProcess;
beforeAll(async () => {
  studio = await openStudio();
  easel = await studio.start();
});
afterAll(() => studio.close());

const timeoutMs = patienceMs;

describe('a new prompt on Discord', () => {
  it('is asked for in a modal and makes a card that replies to the old one', async () => {
    const { channel, people } = openDiscordRoom(studio, 'ann', 'bob');
    const [ann, bob] = people;
    if (!ann || !bob) throw new Error('nobody there');
    ann.command(channel, 'imagine', { prompt: 'a fox', aspect: '3:2' });
    const card = await discordCardWith(channel, '✏️');

    const refused = await bob.press(card, '✏️').message({ timeoutMs });
    expect(refused.ephemeralFor).toBe(bob.id);

    const pressed = ann.press(card, '✏️');
    expect(JSON.stringify(await pressed.modal({ timeoutMs }))).toContain('a fox');
    ann.submitModal(pressed, { prompt: 'a wolf' });
    const edited = await discordCardWith(channel, '✏️', 'a wolf');
    expect(edited.id).not.toBe(card.id);

    const image = ann.press(edited, 'Edit');
    await image.modal({ timeoutMs });
    ann.submitModal(image, { prompt: 'in a forest --n 2' });
    const changed = await discordCardWith(channel, 'U2', 'in a forest');
    // Of several, it asks which one.
    expect(discordButtons(changed)).toContain('Edit');
    expect(textOf(changed)).toContain('2 images');
    const batches = await studio.query('select origin from batches order by created_at');
    expect(batches.map(({ origin }) => origin)).toEqual(['imagine', 'edit', 'edit']);
  });
});

describe('a new prompt on Telegram', () => {
  it('is the answer to a message, also after a restart, and its card replies to the old one', async () => {
    const ann = studio.telegram.createUser();
    await ann.send(ann.chat, { text: 'a fox' });
    const card = await telegramCardWith(studio, ann.chat, '✏️', 'a fox');
    telegramPress(ann, card, '✏️');
    const asked = () =>
      studio.telegram.waitForMessage(
        ann.chat,
        (message) => telegramWords(message).includes('Answer this message'),
        { timeoutMs },
      );
    const question = await asked();
    expect(telegramWords(question)).toContain('a fox');
    expect(question.replyTo?.id).toBe(card.id);

    await easel.end();
    easel = await studio.start();
    await ann.send(ann.chat, { text: 'a wolf', replyTo: question });
    const edited = await telegramCardWith(studio, ann.chat, '✏️', 'a wolf');
    expect(edited.replyTo?.id).toBe(card.id);
  });

  it('is asked of who pressed in a group, where the answer of another is refused', async () => {
    const [ann, bob] = [studio.telegram.createUser(), studio.telegram.createUser()];
    const group = studio.telegram.createGroup({
      owner: studio.telegram.createUser(),
      members: [ann, bob],
    });
    await ann.send(group, { text: '/imagine a fox' });
    const card = await telegramCardWith(studio, group, 'Edit');
    telegramPress(ann, card, 'Edit');
    const question = await studio.telegram.waitForMessage(
      group,
      (message) => telegramWords(message).includes('Answer this message'),
      { timeoutMs },
    );
    await bob.send(group, { text: 'a bear', replyTo: question });
    await studio.telegram.waitForMessage(
      group,
      (message) => telegramWords(message).includes('somebody else'),
      { timeoutMs },
    );
    await ann.send(group, { text: 'a wolf', replyTo: question });
    const edited = await telegramCardWith(studio, group, '✏️', 'a wolf');
    expect(edited.replyTo?.id).toBe(card.id);
  });
});
