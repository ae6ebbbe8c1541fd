import { Bot } from 'grammy';
import { describe, expect, it } from 'vitest';
import { useTelegramPlayground } from '../../support/telegram-bot.js';

describe('long polling on the Telegram playground', () => {
  const test = useTelegramPlayground();

  it('brings a command to a grammY bot and its formatted answer to the person', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser({ firstName: 'Ada', languageCode: 'en' });
    bot.command('imagine', (context) =>
      context.reply(`<b>${context.match}</b>`, { parse_mode: 'HTML' }),
    );
    void bot.start();
    await ada.send(ada.chat, { text: '/imagine a red fox' });
    const reply = await playground.waitForMessage(ada.chat);
    expect(reply.content).toEqual({
      text: 'a red fox',
      entities: [{ type: 'bold', offset: 0, length: 9 }],
    });
  });

  it('keeps updates until a bot comes, and gives each one once when it confirms them', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    for (const text of ['one', 'two', 'three']) await ada.send(ada.chat, { text });
    const seen: string[] = [];
    bot.on('message:text', (context) => {
      seen.push(context.message.text);
      return context.react('👍');
    });
    void bot.start();
    await playground.waitFor(() => playground.ledger.of('setMessageReaction').length === 3);
    await bot.stop();
    await ada.send(ada.chat, { text: 'four' });
    const again = new Bot(playground.token, { client: { apiRoot: playground.url } });
    again.on('message:text', (context) => {
      seen.push(context.message.text);
      return context.react('👍');
    });
    void again.start();
    await playground.waitFor(() => playground.ledger.of('setMessageReaction').length === 4);
    await again.stop();
    expect(seen).toEqual(['one', 'two', 'three', 'four']);
  });

  it('delivers an update again with the same id when told to', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    const ids: number[] = [];
    bot.on('message', (context) => {
      ids.push(context.update.update_id);
      return context.reply('taken');
    });
    void bot.start();
    await ada.send(ada.chat, { text: 'hello' });
    await playground.waitForMessage(ada.chat);
    const [update] = playground.updates;
    if (!update) throw new Error('no update');
    playground.replay(update);
    await playground.waitFor(() => playground.ledger.of('sendMessage').length === 2);
    expect(ids).toEqual([update.update_id, update.update_id]);
  });

  it('ends the first poll with 409 when a second one comes', async () => {
    const { playground, bot } = test;
    const first = bot.api.getUpdates({ timeout: 30 });
    const refused = expect(first).rejects.toMatchObject({
      error_code: 409,
      description:
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    });
    const ada = playground.createUser();
    await playground.waitFor(() => playground.isPolled);
    const second = bot.api.getUpdates({ timeout: 30 });
    await refused;
    await ada.send(ada.chat, { text: 'hello' });
    expect(await second).toMatchObject([{ message: { text: 'hello' } }]);
  });

  it('leaves out the kinds of update that the bot did not ask for', async () => {
    const { playground, bot } = test;
    await bot.api.getUpdates({ allowed_updates: ['callback_query'] });
    const ada = playground.createUser();
    await ada.send(ada.chat, { text: 'unheard' });
    const message = await bot.api.sendMessage(ada.chat.id, 'press', {
      reply_markup: { inline_keyboard: [[{ text: 'go', callback_data: 'go' }]] },
    });
    const [shown] = playground.messages(ada.chat).filter(({ id }) => id === message.message_id);
    if (!shown) throw new Error('no message');
    ada.press(shown, 'go');
    expect(await bot.api.getUpdates()).toMatchObject([{ callback_query: { data: 'go' } }]);
  });

  it('forgets what stands before a negative offset', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    for (const text of ['one', 'two', 'three']) await ada.send(ada.chat, { text });
    expect(await bot.api.getUpdates({ offset: -1 })).toMatchObject([
      { message: { text: 'three' } },
    ]);
    expect(await bot.api.getUpdates({ limit: 1 })).toMatchObject([{ message: { text: 'three' } }]);
  });

  it('brings edits, blocks and unblocks', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    const message = await ada.send(ada.chat, { text: 'fox' });
    ada.edit(message, { text: 'red fox' });
    ada.block();
    ada.unblock();
    expect(await bot.api.getUpdates()).toMatchObject([
      { message: { text: 'fox' } },
      { edited_message: { text: 'red fox', edit_date: expect.any(Number) } },
      { my_chat_member: { new_chat_member: { status: 'kicked' } } },
      { my_chat_member: { old_chat_member: { status: 'kicked' } } },
    ]);
  });
});

describe('callback queries on the Telegram playground', () => {
  const test = useTelegramPlayground();

  it('brings a press to the bot and the answer back to the person', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    bot.on('message', (context) =>
      context.reply('sure?', {
        reply_markup: { inline_keyboard: [[{ text: 'Cancel', callback_data: 'cancel:1' }]] },
      }),
    );
    bot.callbackQuery('cancel:1', (context) =>
      context.answerCallbackQuery({ text: 'cancelled', show_alert: true }),
    );
    void bot.start();
    await ada.send(ada.chat, { text: 'hello' });
    const card = await playground.waitForMessage(ada.chat);
    const press = ada.press(card, 'cancel:1');
    const answer = await playground.waitFor(() => press.answer);
    expect(answer).toMatchObject({ text: 'cancelled', showAlert: true });
    expect(() => ada.press(card, 'other')).toThrow('shows no button with "other"');
  });

  it('shows a message that is gone as inaccessible to a press from an old screen', async () => {
    const { playground, bot } = test;
    const ada = playground.createUser();
    await ada.send(ada.chat, { text: 'hello' });
    await bot.api.sendMessage(ada.chat.id, 'card', {
      reply_markup: { inline_keyboard: [[{ text: 'Cancel', callback_data: 'cancel' }]] },
    });
    const card = await playground.waitForMessage(ada.chat);
    ada.delete(card);
    ada.press(card, 'cancel', { isStale: true });
    const updates = await bot.api.getUpdates();
    expect(updates.at(-1)).toMatchObject({ callback_query: { message: { date: 0 } } });
  });
});
