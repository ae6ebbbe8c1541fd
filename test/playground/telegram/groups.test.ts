import { describe, expect, it } from 'vitest';
import { makePicture } from '../../support/pictures.js';
import { useTelegramPlayground } from '../../support/telegram-bot.js';

describe('groups on the Telegram playground', () => {
  const test = useTelegramPlayground({ limits: 'off' });

  async function heard() {
    const updates = await test.bot.api.getUpdates();
    return updates.map(({ message }) => message?.text ?? message?.caption ?? '');
  }

  it('lets the bot hear in privacy mode only what is meant for it', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    const group = playground.createSupergroup({ owner: ada });
    await bot.api.sendMessage(group.id, 'I am here');
    const greeting = await playground.waitForMessage(group);
    const photo = await makePicture(64, 64);
    await ada.send(group, { text: 'chatter' });
    await ada.send(group, { text: 'hello @easel_bot' });
    await ada.send(group, { text: '/imagine a fox' });
    await ada.send(group, { text: '/imagine@Easel_Bot a fox' });
    await ada.send(group, { text: '/imagine@other_bot a fox' });
    await ada.send(group, { text: 'please /imagine a fox' });
    await ada.send(group, { text: 'an answer', replyTo: greeting });
    await ada.send(group, { text: 'inline', viaBot: true });
    await ada.send(group, { photo, caption: 'a holiday' });
    await ada.send(group, { photo, caption: '/imagine as a painting' });
    expect(await heard()).toEqual([
      '/imagine a fox',
      '/imagine@Easel_Bot a fox',
      'an answer',
      'inline',
      '/imagine as a painting',
    ]);
  });

  it('lets it hear of an album with a command only the photo that carries the command', async () => {
    const { playground } = test;
    const ada = playground.createUser();
    const group = playground.createGroup({ owner: ada });
    const photo = await makePicture(64, 64);
    await ada.sendAlbum(group, [{ photo, caption: '/batch oil' }, { photo }, { photo }]);
    expect(await heard()).toEqual(['/batch oil']);
  });

  it('lets an administrator hear everything', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    const group = playground.createSupergroup({ owner: ada, bot: 'administrator' });
    await ada.send(group, { text: 'chatter' });
    expect(await heard()).toEqual(['chatter']);
    const administrators = await bot.api.getChatAdministrators(group.id);
    expect(administrators.map(({ status, user }) => [status, user.id])).toEqual([
      ['creator', ada.user.id],
      ['administrator', bot.token && playground.bot.id],
    ]);
  });

  it('tells who is in a chat and who may manage it', async () => {
    const { playground, bot } = test;
    const [ada, bob, eve] = [
      playground.createUser(),
      playground.createUser(),
      playground.createUser(),
    ];
    const group = playground.createSupergroup({ owner: ada, members: [bob], username: 'painters' });
    const status = async (id: number) => (await bot.api.getChatMember('@painters', id)).status;
    expect(await status(ada.user.id)).toBe('creator');
    expect(await status(bob.user.id)).toBe('member');
    expect(await status(eve.user.id)).toBe('left');
    expect(await status(playground.bot.id)).toBe('member');
    playground.setMemberStatus(group, bob, 'administrator');
    expect(await status(bob.user.id)).toBe('administrator');
    expect(await bot.api.getChat(group.id)).toMatchObject({ type: 'supergroup' });
    await expect(eve.send(group, { text: 'hello' })).rejects.toThrow('is no member of');
  });

  it('refuses the bot where it was kicked', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    const group = playground.createSupergroup({ owner: ada });
    playground.setBotStatus(group, 'kicked', ada);
    await expect(bot.api.sendMessage(group.id, 'hello')).rejects.toMatchObject({
      error_code: 403,
      description: 'Forbidden: bot was kicked from the supergroup chat',
    });
    await ada.send(group, { text: '/imagine a fox' });
    const updates = await bot.api.getUpdates();
    expect(updates).toMatchObject([{ my_chat_member: { new_chat_member: { status: 'kicked' } } }]);
  });

  it('lets the bot delete what others wrote only as an administrator', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    const group = playground.createSupergroup({ owner: ada });
    const one = await ada.send(group, { text: 'one' });
    const two = await ada.send(group, { text: 'two' });
    await expect(bot.api.deleteMessage(group.id, one.id)).rejects.toMatchObject({
      description: "Bad Request: message can't be deleted",
    });
    playground.setBotStatus(group, 'administrator', ada);
    await bot.api.deleteMessages(group.id, [one.id, two.id, 4711]);
    expect(playground.messages(group).map(({ deletedAtMs }) => typeof deletedAtMs)).toEqual([
      'number',
      'number',
    ]);
  });

  it('keeps a forum topic together, in which a message answers the one that opened it', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    const forum = playground.createSupergroup({ owner: ada, isForum: true });
    const threadId = playground.createTopic(forum, 'Foxes', ada);
    await ada.send(forum, { text: '/imagine a fox', threadId });
    const reply = await bot.api.sendMessage(forum.id, 'queued', { message_thread_id: threadId });
    expect(reply).toMatchObject({ message_thread_id: threadId, is_topic_message: true });
    expect(await bot.api.getUpdates()).toMatchObject([
      { message: { message_thread_id: threadId, forum_topic_created: { name: 'Foxes' } } },
      {
        message: {
          text: '/imagine a fox',
          message_thread_id: threadId,
          is_topic_message: true,
          reply_to_message: { message_id: threadId, forum_topic_created: { name: 'Foxes' } },
        },
      },
    ]);
    await expect(
      bot.api.sendMessage(forum.id, 'lost', { message_thread_id: 1 }),
    ).rejects.toMatchObject({ description: 'Bad Request: message thread not found' });
  });
});

describe('a bot without privacy mode on the Telegram playground', () => {
  const test = useTelegramPlayground({ privacyMode: false });

  it('hears everything, and says so of itself', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    const group = playground.createGroup({ owner: ada });
    await ada.send(group, { text: 'chatter' });
    expect(await bot.api.getUpdates()).toMatchObject([{ message: { text: 'chatter' } }]);
    expect(await bot.api.getMe()).toMatchObject({ can_read_all_group_messages: true });
  });
});
