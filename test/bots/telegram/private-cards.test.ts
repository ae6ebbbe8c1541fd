import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../src/chat/index.js';
import { eventually, useTelegramBot } from './bot-harness.js';

describe('a private card that is asked for in a group', () => {
  const test = useTelegramBot();

  const askInGroup = async (hasBegun: boolean) => {
    const ada = test.playground.createUser({ firstName: 'Ada' });
    const room = test.playground.createSupergroup({ owner: ada });
    if (hasBegun) await ada.send(ada.chat, { text: '/start' });
    const asked: Awaited<ReturnType<NonNullable<ChatRequest['privateAddress']>>>[] = [];
    test.answer = async (request) => {
      const given = await request.privateAddress?.();
      if (!given) return { kind: 'text', text: 'nothing private here', private: false };
      asked.push(given);
      return { kind: 'card', batchId: 'batch1', isElsewhere: true };
    };
    await test.bot.start();
    await ada.send(room, { text: '/imagine a red fox' });
    await eventually(() => expect(asked).toHaveLength(1));
    const said = () =>
      test.playground
        .messages(room)
        .filter(({ from }) => from.is_bot)
        .map(({ content }) => content.text);
    return { ada, asked, said };
  };

  it('lives in the private chat, and the group hears so', async () => {
    const { ada, asked, said } = await askInGroup(true);
    expect(asked).toMatchObject([{ address: { chatId: ada.chat.id, replyTo: null } }]);
    await eventually(() => expect(said()).toEqual(['I have answered you in our private chat.']));
  });

  it('waits for the private chat to be begun, by a link', async () => {
    const { asked } = await askInGroup(false);
    expect(asked).toEqual([{ startLink: expect.stringMatching(/^https:\/\/t\.me\/\w+\?start=/) }]);
  });
});
