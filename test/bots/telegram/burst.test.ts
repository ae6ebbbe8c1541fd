import { describe, expect, it } from 'vitest';
import { newCardAddress, readCardAddress } from '../../../src/bots/telegram/card-address.js';
import { completed, show, waiting } from '../../contracts/platform.js';
import { useTelegramBot } from './bot-harness.js';

/** The strictest reading of Telegram's limits: not even a short burst. */
describe('many at once on the Telegram bot', () => {
  const test = useTelegramBot({ limits: { chatBurst: 1 } });
  const refusals = () =>
    test.playground.ledger.exchanges.filter(({ status }) => status === 429).length;

  it('answers twenty commands in twenty chats, without a 429', async () => {
    const people = [...Array(20)].map(() => test.playground.createUser());
    await test.bot.start();
    await Promise.all(people.map((each) => each.send(each.chat, { text: 'a red fox' })));
    await Promise.all(people.map((each) => test.playground.waitForMessage(each.chat)));
    expect(refusals()).toBe(0);
  });

  it('answers twenty commands in one chat as its budget allows, in order, without a 429', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    for (let n = 1; n <= 20; n += 1) await ada.send(ada.chat, { text: `fox ${n}` });
    const answers = await test.playground.waitFor(() => {
      const found = test.playground.messages(ada.chat).filter(({ from }) => from.is_bot);
      return found.length === 20 && found;
    });
    expect(answers.map(({ content }) => content.text)).toEqual(
      [...Array(20).keys()].map((n) => `imagine: fox ${n + 1}`),
    );
    expect(refusals()).toBe(0);
  });

  it('shows cards and answers of one chat side by side, without a 429', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    const results = await test.shelf.results(2);
    const bringCard = async (batchId: string) => {
      let address = newCardAddress(ada.chat.id, null, 1);
      for (const view of [waiting(), completed(results)]) {
        for (;;) {
          const outcome = await show(test.bot.platform, address, view, { batchId });
          if (outcome.kind === 'shown') {
            address = outcome.address;
            break;
          }
          if (outcome.kind === 'undeliverable') throw new Error(outcome.reason);
          await new Promise((resolve) => setTimeout(resolve, outcome.retryAfterMs));
        }
      }
      return readCardAddress(address);
    };
    const cards = ['one', 'two', 'three'].map(bringCard);
    await ada.send(ada.chat, { text: 'hello' });
    const shown = await Promise.all(cards);
    await test.playground.waitForMessage(
      ada.chat,
      ({ content }) => content.text === 'imagine: hello',
    );
    expect(new Set(shown.map(({ messageId }) => messageId)).size).toBe(3);
    expect(shown.map(({ form }) => form)).toEqual(['photo', 'photo', 'photo']);
    expect(refusals()).toBe(0);
  });
});
