import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { newCardAddress, readCardAddress } from '../../../src/bots/telegram/card-address.js';
import { createCardPlatform } from '../../../src/bots/telegram/card-platform.js';
import { createSendBudget } from '../../../src/bots/telegram/send-budget.js';
import { createTelegramApi } from '../../../src/bots/telegram/telegram-api.js';
import type { CardAddress, DueCard, Engine } from '../../../src/engine/index.js';
import type { Room } from '../../../src/playground/telegram/index.js';
import { completed, failed, running, show, shown, waiting } from '../../contracts/platform.js';
import { makeNoise } from '../../support/pictures.js';
import { useTelegramBot } from './bot-harness.js';

/** What Telegram's way of showing cards adds to the platforms' contract. */
describe("the Telegram bot's cards", () => {
  const test = useTelegramBot();
  const sent = (room: Room) =>
    test.playground
      .messages(room)
      .filter(({ from, deletedAtMs }) => from.is_bot && deletedAtMs === undefined);

  const begin = async () => {
    const ada = test.playground.createUser({ firstName: 'Ada' });
    const asked = await ada.send(ada.chat, { text: 'a red fox' });
    test.cards.set('batch1', {} as DueCard);
    return { ada, asked, address: newCardAddress(ada.chat.id, null, asked.id) };
  };

  it('answers the message that asked, in its topic, also when that is gone by then', async () => {
    const ada = test.playground.createUser();
    const room = test.playground.createSupergroup({ owner: ada, isForum: true });
    const thread = test.playground.createTopic(room, 'Foxes', ada);
    const asked = await ada.send(room, { text: '/imagine a red fox', threadId: thread });
    await shown(test.bot.platform, newCardAddress(room.id, thread, asked.id), waiting());
    ada.delete(asked);
    const address = newCardAddress(room.id, thread, asked.id);
    const outcome = await show(test.bot.platform, address, waiting(), { batchId: 'batch2' });
    expect(outcome.kind).toBe('shown');
    const [first, second] = sent(room).filter(({ isTopicStart }) => !isTopicStart);
    expect([first?.threadId, second?.threadId]).toEqual([thread, thread]);
    expect(first?.replyTo?.id).toBe(asked.id);
  });

  it('sends finished pictures by an edit, so that a lost answer never doubles them', async () => {
    const { ada, address } = await begin();
    const view = completed(await test.shelf.results(2));
    test.playground.faults.next({ method: 'editMessageMedia', kind: 'reset-after' });
    expect((await show(test.bot.platform, address, view)).kind).toBe('later');
    await shown(test.bot.platform, address, view);
    expect(sent(ada.chat).map(({ content }) => content.photo !== undefined)).toEqual([true]);
    expect(test.playground.ledger.of('sendMessage')).toHaveLength(1);
  });

  it('sends the words again when their answer was lost: a command is never without one', async () => {
    const { ada, address } = await begin();
    const marks: number[] = [];
    const sending = async () => void marks.push(sent(ada.chat).length);
    test.playground.faults.next({ method: 'sendMessage', kind: 'reset-after' });
    const lost = await show(test.bot.platform, address, waiting(), { sending });
    expect(lost.kind).toBe('later');
    const again = await show(test.bot.platform, address, waiting(), {
      sending,
      sendingSince: new Date(),
    });
    expect(again.kind).toBe('shown');
    expect(marks).toEqual([0, 1]);
    const address2 = again.kind === 'shown' ? again.address : address;
    await shown(test.bot.platform, address2, completed(await test.shelf.results(1)));
    expect(sent(ada.chat).filter(({ content }) => content.photo)).toHaveLength(1);
  });

  it('tells no end by a message that may be sent twice', async () => {
    const { ada, address } = await begin();
    const view = completed(await test.shelf.results(1));
    test.playground.faults.next({ method: 'sendMessage', kind: 'reset-after' });
    expect((await show(test.bot.platform, address, view)).kind).toBe('later');
    const [copy] = sent(ada.chat);
    expect(copy?.content.text).toBe('a red fox — Ada\n…');
    expect(copy?.content.reply_markup).toBeUndefined();
    await shown(test.bot.platform, address, view);
    expect(sent(ada.chat).filter(({ content }) => content.reply_markup)).toHaveLength(1);
    await shown(test.bot.platform, { ...address, replyTo: null }, failed());
    expect(sent(ada.chat).map(({ versions }) => versions.length)).toEqual([1, 2, 2]);
  });

  it('goes on with a message that a crashed process had placed and not finished', async () => {
    const { ada, address } = await begin();
    const view = completed(await test.shelf.results(1));
    const placedAt = await new Promise<CardAddress>((resolve) => {
      const placed = (standing: CardAddress) => {
        resolve(standing);
        return new Promise<void>(() => undefined);
      };
      void show(test.bot.platform, address, view, { placed });
    });
    await shown(test.another().platform, placedAt, view);
    expect(sent(ada.chat).map(({ content }) => content.photo !== undefined)).toEqual([true]);
  });

  it('uploads previews sparingly, and lets the words go on in between', async () => {
    const { address } = await begin();
    let nowMs = 0;
    const platform = createCardPlatform({
      api: createTelegramApi({ token: test.playground.token, apiRoot: test.playground.url }),
      budget: createSendBudget(),
      engine: test.shelf as unknown as Engine,
      log: pino({ level: 'silent' }),
      now: () => new Date(),
      monotonicMs: () => nowMs,
    });
    let at = await shown(platform, address, waiting());
    for (nowMs of [0, 1500, 3000, 4500]) {
      const view = running(await test.shelf.preview());
      at = await shown(platform, at, { ...view, lines: [`${nowMs} ms`] });
    }
    const edits = test.playground.ledger.exchanges.map(({ method }) => method);
    expect(edits.filter((method) => method.startsWith('editMessage'))).toEqual([
      'editMessageMedia',
      'editMessageCaption',
      'editMessageCaption',
      'editMessageMedia',
    ]);
  });

  it('does not upload the same pictures again when only the words change', async () => {
    const { ada, address } = await begin();
    const view = completed(await test.shelf.results(2));
    const at = await shown(test.bot.platform, address, view);
    await shown(test.bot.platform, at, { ...view, lines: ['2 images · again'] });
    expect(test.playground.ledger.of('editMessageMedia')).toHaveLength(1);
    expect(sent(ada.chat)[0]?.content.caption).toContain('2 images · again');
  });

  it('finds its way when the record does not know that the text has become a photo', async () => {
    const { ada, address } = await begin();
    const at = await shown(test.bot.platform, address, waiting());
    await shown(test.bot.platform, at, running(await test.shelf.preview()));
    await shown(test.bot.platform, at, { ...waiting(), lines: ['cancelled'] });
    expect(sent(ada.chat)[0]?.content.caption).toContain('cancelled');
  });

  it('tells what became of a batch whose picture Telegram refuses', async () => {
    const { ada, address } = await begin();
    const picture = { kind: 'preview', bytes: Buffer.from('no'), mediaType: 'image/png' } as const;
    await shown(test.bot.platform, address, { ...completed(picture), lines: ['done'] });
    expect(sent(ada.chat)[0]?.content.text).toContain('done');
    expect(test.logLines.join()).toContain('refused the picture');
  });

  it('brings a card back once when its message is deleted, and takes a second time as meant', async () => {
    const { ada, address } = await begin();
    const lines = (text: string) => ({ ...waiting(), lines: [text] });
    const deleteAll = () => {
      for (const message of sent(ada.chat)) ada.delete(message);
    };
    let at = await shown(test.bot.platform, address, waiting());
    deleteAll();
    const tick = await show(test.bot.platform, at, lines('50%'), { tick: true });
    expect(tick.kind).toBe('wait');
    expect(sent(ada.chat)).toEqual([]);
    at = await shown(test.bot.platform, at, lines('failed'));
    expect(readCardAddress(at).messageId).toBe(sent(ada.chat)[0]?.id);
    deleteAll();
    const outcome = await show(test.bot.platform, at, lines('failed again'));
    expect(outcome.kind).toBe('undeliverable');
  });

  it('does not bring back the card of a batch that was deleted', async () => {
    const { ada, address } = await begin();
    const at = await shown(test.bot.platform, address, waiting());
    for (const message of sent(ada.chat)) ada.delete(message);
    test.cards.clear();
    const outcome = await show(test.bot.platform, at, completed(await test.shelf.results(1)));
    expect(outcome.kind).toBe('undeliverable');
    expect(sent(ada.chat)).toEqual([]);
  });

  it('previews large pictures too', async () => {
    const { ada, address } = await begin();
    const bytes = await makeNoise(1024, 1024);
    const picture = { kind: 'preview', bytes, mediaType: 'image/png' } as const;
    await shown(test.bot.platform, address, running(picture));
    expect(sent(ada.chat)[0]?.content.photo?.at(-1)).toMatchObject({ width: 1024, height: 1024 });
  });
});
