import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { shownAttachments, textOf } from '../../src/playground/discord/index.js';
import { openStudio, type Studio } from '../support/studio.js';
import {
  discordButtons,
  discordCardWith,
  openDiscordRoom,
  patienceMs,
  telegramButtons,
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

const timeoutMs = patienceMs;
const prompts = ['a fox', 'a wolf', 'a bear', 'a hare', 'an owl', 'a stoat'];

describe('/history and /show on Discord', () => {
  it('list, turn the page, show a batch with its buttons, and share it', async () => {
    const { channel, people } = openDiscordRoom(studio, 'ann', 'bob');
    const [ann, bob] = people;
    if (!ann || !bob) throw new Error('nobody there');
    for (const prompt of prompts) {
      ann.command(channel, 'imagine', { prompt, private: prompt === 'a fox' });
      await ann.waitFor(
        channel,
        (message) => textOf(message).includes(prompt) && discordButtons(message).includes('U1'),
        { timeoutMs },
      );
    }
    const list = await ann.command(channel, 'history').message({ timeoutMs });
    expect(list.ephemeralFor).toBe(ann.id);
    expect(textOf(list)).toContain('a stoat');
    expect(textOf(list)).not.toContain('a fox');
    expect(shownAttachments(list)).toHaveLength(5);
    expect(discordButtons(list)).toContain('▶');

    ann.press(list, '▶');
    await ann.waitFor(channel, (message) => textOf(message).includes('page 2 of 2'), { timeoutMs });
    expect(textOf(list)).toContain('a fox');
    expect(discordButtons(list)).toEqual(['🔎 1', '🔄 1', '◀']);

    const shown = await ann.press(list, '🔎 1').message({ timeoutMs });
    expect(shown.ephemeralFor).toBe(ann.id);
    expect(textOf(shown)).toMatch(/\/imagine prompt:a fox --n 1 --seed \d+/);
    expect(discordButtons(shown)).toEqual(
      expect.arrayContaining(['U1', 'V1', '🔄', '✏️', 'Edit', 'Share', 'Delete']),
    );
    const shared = await ann.press(shown, 'Share').message({ timeoutMs });
    expect(shared.ephemeralFor).toBeUndefined();
    expect(shownAttachments(shared)).toHaveLength(1);
    expect(channel.messages()).toContain(shared);

    // Private as before: another card for her eyes alone.
    ann.press(list, '🔄 1');
    await vi.waitFor(
      async () => {
        const made = await studio.query(
          "select count(*)::int as tasks, bool_and(private) as hidden from batches join tasks on batch_id = batches.id where batches.prompt = 'a fox' and state = 'completed'",
        );
        expect(made).toEqual([{ tasks: 2, hidden: true }]);
      },
      { timeout: timeoutMs },
    );

    const found = await ann.command(channel, 'history', { filter: 'OWL' }).message({ timeoutMs });
    expect(textOf(found)).toContain('an owl');
    expect(textOf(found)).not.toContain('a bear');
    expect(textOf(await bob.command(channel, 'history').message({ timeoutMs }))).toContain(
      'not asked for anything',
    );
  });

  it('tell that images are gone, and offer nothing that needs them', async () => {
    const { channel, people } = openDiscordRoom(studio);
    const [ann] = people;
    ann?.command(channel, 'imagine', { prompt: 'a gone fox', count: 2 });
    await discordCardWith(channel, 'U2', 'a gone fox');
    const [row] = await studio.query(
      "select id from batches where prompt = 'a gone fox' order by created_at desc limit 1",
    );
    await studio.query(
      `update images set storage_key = 'no-such-key' where task_id in
        (select id from tasks where batch_id = '${row?.id}')`,
    );
    const list = await ann?.command(channel, 'history').message({ timeoutMs });
    expect(textOf(list as never)).toContain('not stored any more');
    const shown = await ann?.command(channel, 'show', { id: `${row?.id}` }).message({ timeoutMs });
    expect(textOf(shown as never)).toContain('not stored any more');
    expect(discordButtons(shown as never)).toEqual(['🔄', '✏️', 'Delete']);
  });
});

describe('/history and /show on Telegram', () => {
  it('list with a sheet of pictures, turn the page, and show the whole of a batch', async () => {
    const ann = studio.telegram.createUser();
    for (const prompt of prompts) {
      await ann.send(ann.chat, { text: prompt });
      await telegramCardWith(studio, ann.chat, 'U1', prompt);
    }
    await ann.send(ann.chat, { text: '/history' });
    const list = await telegramCardWith(studio, ann.chat, '▶');
    expect(list.content.photo).toBeDefined();
    expect(telegramWords(list)).toContain('page 1 of 2');
    telegramPress(ann, list, '▶');
    await telegramCardWith(studio, ann.chat, '◀');
    expect(telegramWords(list)).toContain('a fox');
    expect(telegramButtons(list)).toEqual(['🔎 1', '🔄 1', '◀']);

    telegramPress(ann, list, '🔎 1');
    const shown = await telegramCardWith(studio, ann.chat, 'Share');
    expect(telegramWords(shown)).toMatch(/\/imagine a fox --n 1 --seed \d+/);
    expect(shown.content.photo).toBeDefined();
    expect(list.deletedAtMs).toBeUndefined();

    const card = telegramSaid(studio, ann.chat).find((each) =>
      telegramWords(each).startsWith('a fox'),
    );
    if (!card) throw new Error('no card');
    const before = telegramSaid(studio, ann.chat).length;
    await ann.send(ann.chat, { text: '/show', replyTo: card });
    await expect
      .poll(() => telegramSaid(studio, ann.chat).length, { timeout: timeoutMs })
      .toBe(before + 1);
    expect(telegramWords(telegramSaid(studio, ann.chat).at(-1) as never)).toContain(
      '/imagine a fox',
    );

    telegramPress(ann, shown, 'Delete');
    await studio.telegram.waitFor(() => card.deletedAtMs, { timeoutMs });
    await studio.telegram.waitFor(() => shown.deletedAtMs, { timeoutMs });
  });

  it('find the batch of an image file that is sent again, by what the file says of itself', async () => {
    const ann = studio.telegram.createUser();
    await ann.send(ann.chat, { text: 'a fox in a file' });
    const card = await telegramCardWith(studio, ann.chat, 'Originals');
    telegramPress(ann, card, 'Originals');
    const sent = await studio.telegram.waitForMessage(
      ann.chat,
      ({ content }) => content.document !== undefined,
      { timeoutMs },
    );
    const bytes = studio.telegram.fileBytes(sent.content.document?.file_id ?? '');
    const again = await ann.send(ann.chat, { document: { bytes, name: 'mine.png' } });
    const before = telegramSaid(studio, ann.chat).length;
    await ann.send(ann.chat, { text: '/show', replyTo: again });
    await expect
      .poll(() => telegramSaid(studio, ann.chat).slice(before).map(telegramWords).join(), {
        timeout: timeoutMs,
      })
      .toContain('/imagine a fox in a file');
  });

  it('show a long prompt whole', async () => {
    const ann = studio.telegram.createUser();
    const prompt = `${'fox & '.repeat(600)}<end>`;
    await ann.send(ann.chat, { text: prompt });
    const card = await telegramCardWith(studio, ann.chat, 'U1');
    expect(telegramWords(card)).not.toContain('<end>');
    await ann.send(ann.chat, { text: '/show', replyTo: card });
    await telegramCardWith(studio, ann.chat, 'Share');
    const words = telegramSaid(studio, ann.chat).map(telegramWords).join('');
    expect(words).toContain('<end>');
    expect(words).toContain('fox & '.repeat(600).trimEnd().slice(0, 50));
  });
});
