import { InputFile, InputMediaBuilder } from 'grammy';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../src/playground/telegram/index.js';
import { makePicture } from '../../support/pictures.js';
import { useTelegramPlayground } from '../../support/telegram-bot.js';

describe("Telegram's budgets", () => {
  const clock = createManualClock();
  const test = useTelegramPlayground({ clock });
  const tooMany = (retryAfter: number) => ({
    error_code: 429,
    description: `Too Many Requests: retry after ${retryAfter}`,
    parameters: { retry_after: retryAfter },
  });

  async function startChat() {
    const person = test.playground.createUser();
    await person.send(person.chat, { text: '/start' });
    return person.chat;
  }

  it('lets a chat take a small burst and then one message a second', async () => {
    const { bot } = test;
    const chat = await startChat();
    for (const text of ['1', '2', '3']) await bot.api.sendMessage(chat.id, text);
    await expect(bot.api.sendMessage(chat.id, '4')).rejects.toMatchObject(tooMany(1));
    clock.advance(1000);
    await bot.api.sendMessage(chat.id, '4');
    await expect(bot.api.sendMessage(chat.id, '5')).rejects.toMatchObject(tooMany(1));
    expect(test.playground.messages(chat)).toHaveLength(5);
  });

  it('counts edits like messages', async () => {
    const { bot } = test;
    const chat = await startChat();
    const { message_id } = await bot.api.sendMessage(chat.id, '0');
    await bot.api.editMessageText(chat.id, message_id, '1');
    await bot.api.editMessageText(chat.id, message_id, '2');
    await expect(bot.api.editMessageText(chat.id, message_id, '3')).rejects.toMatchObject(
      tooMany(1),
    );
  });

  it('counts each item of an album', async () => {
    const { bot } = test;
    const chat = await startChat();
    const picture = await makePicture(64, 64);
    const items = [1, 2, 3, 4, 5].map(() => InputMediaBuilder.photo(new InputFile(picture)));
    await bot.api.sendMediaGroup(chat.id, items);
    await expect(bot.api.sendMessage(chat.id, 'after')).rejects.toMatchObject(tooMany(3));
  });

  it('lets a group take 20 in a minute', async () => {
    const { playground, bot } = test;
    const group = playground.createGroup({ owner: playground.createUser() });
    for (let count = 0; count < 20; count += 1) {
      await bot.api.sendMessage(group.id, `${count}`);
      clock.advance(1000);
    }
    await expect(bot.api.sendMessage(group.id, 'more')).rejects.toMatchObject(tooMany(40));
    clock.advance(40_000);
    await bot.api.sendMessage(group.id, 'more');
  });

  it('lets all chats together take 30 in a second', async () => {
    const { bot } = test;
    const chats = await Promise.all(Array.from({ length: 31 }, startChat));
    const last = chats.pop();
    await Promise.all(chats.map((chat) => bot.api.sendMessage(chat.id, 'hello')));
    await expect(bot.api.sendMessage(last?.id ?? 0, 'hello')).rejects.toMatchObject(tooMany(1));
    clock.advance(1000);
    await bot.api.sendMessage(last?.id ?? 0, 'hello');
  });

  it('takes no answer to a press that is older than its lifetime, nor a second one', async () => {
    const { bot, playground } = test;
    const ada = playground.createUser();
    await ada.send(ada.chat, { text: '/start' });
    await bot.api.sendMessage(ada.chat.id, 'card', {
      reply_markup: { inline_keyboard: [[{ text: 'go', callback_data: 'go' }]] },
    });
    const card = await playground.waitForMessage(ada.chat);
    const tooOld = {
      description:
        'Bad Request: query is too old and response timeout expired or query ID is invalid',
    };
    const late = ada.press(card, 'go');
    clock.advance(150_001);
    await expect(bot.api.answerCallbackQuery(late.id)).rejects.toMatchObject(tooOld);
    const twice = ada.press(card, 'go');
    await bot.api.answerCallbackQuery(twice.id);
    await expect(bot.api.answerCallbackQuery(twice.id)).rejects.toMatchObject(tooOld);
  });

  it('dates messages and edits by the clock', async () => {
    const { bot } = test;
    const chat = await startChat();
    const sent = await bot.api.sendMessage(chat.id, 'one');
    clock.advance(90_000);
    const edited = await bot.api.editMessageText(chat.id, sent.message_id, 'two');
    expect(edited).toMatchObject({ date: sent.date, edit_date: sent.date + 90 });
  });
});
