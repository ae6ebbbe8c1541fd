import { describe, expect, it } from 'vitest';
import { useTelegramBot } from './bot-harness.js';

describe('an answer that others have no business with', () => {
  const test = useTelegramBot();

  it('goes to the private chat where that is open, and else to the group', async () => {
    const ada = test.playground.createUser();
    const bob = test.playground.createUser();
    const room = test.playground.createGroup({ owner: ada, bot: 'administrator', members: [bob] });
    test.answer = () => ({
      kind: 'text',
      text: 'who made what',
      private: true,
      confidential: true,
    });
    await test.bot.start();
    const said = (words: string) => (message: { content: { text?: string } }) =>
      message.content.text === words;
    await ada.send(ada.chat, { text: '/imagine x' });
    await test.playground.waitForMessage(ada.chat, said('who made what'));
    await ada.send(room, { text: '/imagine x' });
    await test.playground.waitForMessage(room, (message) => message.from.is_bot);
    const inGroup = () => test.playground.messages(room).filter(({ from }) => from.is_bot);
    expect(inGroup().map(({ content }) => content.text)).not.toContain('who made what');
    const inPrivate = test.playground.messages(ada.chat).filter(said('who made what'));
    expect(inPrivate).toHaveLength(2);

    await bob.send(room, { text: '/imagine x' });
    await test.playground.waitForMessage(room, said('who made what'));
  });
});
