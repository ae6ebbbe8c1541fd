import { beforeEach, describe, expect, it } from 'vitest';
import { eventually, useTelegramBot } from './bot-harness.js';

describe('an answer that others have no business with', () => {
  const test = useTelegramBot();

  beforeEach(() => {
    const reply = { kind: 'text', private: true, confidential: true } as const;
    test.answer = () => ({ ...reply, text: 'who made what' });
  });

  const groupOf = () => {
    const ada = test.playground.createUser();
    const bob = test.playground.createUser();
    const room = test.playground.createGroup({ owner: ada, bot: 'administrator', members: [bob] });
    const said = (in_: typeof room) =>
      test.playground
        .messages(in_)
        .filter(({ from }) => from.is_bot)
        .map(({ content }) => content.text);
    return { ada, bob, room, said };
  };

  it('goes to the private chat where that is open', async () => {
    const { ada, room, said } = groupOf();
    await test.bot.start();
    await ada.send(ada.chat, { text: '/imagine x' });
    await eventually(() => expect(said(ada.chat)).toEqual(['who made what']));
    await ada.send(room, { text: '/imagine x' });
    await eventually(() =>
      expect(said(room)).toEqual(['I have answered you in our private chat.']),
    );
    expect(said(ada.chat)).toEqual(['who made what', 'who made what']);
  });

  it('waits for a private chat to be opened, by a link', async () => {
    const { bob, room, said } = groupOf();
    await test.bot.start();
    await bob.send(room, { text: '/imagine x' });
    await eventually(() =>
      expect(said(room)).toEqual([
        expect.stringMatching(/Open https:\/\/t\.me\/\w+\?start=private/),
      ]),
    );
  });

  it.each(['429', '502', 'reset-before'] as const)(
    'is repeated after %s, as any other, and kept from the group',
    async (kind) => {
      const { ada, room, said } = groupOf();
      await test.bot.start();
      await ada.send(ada.chat, { text: '/imagine x' });
      await eventually(() => expect(said(ada.chat)).toHaveLength(1));
      test.playground.faults.next({ kind, method: 'sendMessage' });
      await ada.send(room, { text: '/imagine x' });
      await eventually(() =>
        expect(said(room)).toEqual(['I have answered you in our private chat.']),
      );
      expect(said(ada.chat)).toHaveLength(2);
    },
  );

  it('asks an administrator without a name to ask in their own', async () => {
    const { ada, room, said } = groupOf();
    await test.bot.start();
    await ada.send(room, { text: '/imagine x' });
    await eventually(() => expect(said(room)).toHaveLength(1));
    const [update] = test.playground.updates;
    const from = { id: 1087968824, is_bot: true, first_name: 'Group' };
    const message = { ...update?.message, from, sender_chat: update?.message?.chat };
    await test.inbox.receive('telegram', '99', { update_id: 99, message });
    await eventually(() => expect(said(room)).toHaveLength(2));
    expect(said(room)[1]).toContain('Ask again in your own name');
  });
});
