import { describe, expect, it } from 'vitest';
import { useTelegramPlayground } from '../../support/telegram-bot.js';

describe('faults on the Telegram playground', () => {
  const test = useTelegramPlayground({ limits: 'off' });

  async function startChat() {
    const ada = test.playground.createUser();
    await ada.send(ada.chat, { text: '/start' });
    return ada.chat;
  }

  it.each([
    ['500', 500, 'Internal Server Error'],
    ['502', 502, 'Bad Gateway'],
  ] as const)('answers %s and does nothing, as often as told', async (kind, code, description) => {
    const { playground, bot } = test;
    const chat = await startChat();
    playground.faults.next({ method: 'sendMessage', kind, count: 2 });
    const refused = { error_code: code, description };
    await expect(bot.api.sendMessage(chat.id, 'one')).rejects.toMatchObject(refused);
    await expect(bot.api.sendMessage(chat.id, 'two')).rejects.toMatchObject(refused);
    await bot.api.sendMessage(chat.id, 'three');
    expect(playground.messages(chat).map(({ content }) => content.text)).toEqual([
      '/start',
      'three',
    ]);
  });

  it('answers 429 with the time to wait', async () => {
    const { playground, bot } = test;
    const chat = await startChat();
    playground.faults.next({ kind: '429', retryAfter: 17 });
    await expect(bot.api.sendMessage(chat.id, 'one')).rejects.toMatchObject({
      error_code: 429,
      parameters: { retry_after: 17 },
    });
  });

  it('closes the connection before it takes a message', async () => {
    const { playground, bot } = test;
    const chat = await startChat();
    playground.faults.next({ method: 'sendMessage', kind: 'reset-before' });
    await expect(bot.api.sendMessage(chat.id, 'one')).rejects.toThrow('Network request');
    expect(playground.messages(chat)).toHaveLength(1);
  });

  it('closes the connection after it took a message', async () => {
    const { playground, bot } = test;
    const chat = await startChat();
    playground.faults.next({ method: 'sendMessage', kind: 'reset-after' });
    await expect(bot.api.sendMessage(chat.id, 'one')).rejects.toThrow('Network request');
    expect(playground.messages(chat)).toHaveLength(2);
    expect(playground.ledger.of('sendMessage')).toMatchObject([
      { fault: 'reset-after', status: undefined, answer: { ok: true } },
    ]);
  });

  it('hangs until the client gives up', async () => {
    const { playground, bot } = test;
    const chat = await startChat();
    playground.faults.next({ method: 'sendMessage', kind: 'hang' });
    const patience = new AbortController();
    const call = bot.api.sendMessage(chat.id, 'one', {}, patience.signal as never);
    const refused = expect(call).rejects.toThrow('Network request');
    await playground.waitFor(() => playground.ledger.of('sendMessage').length === 1);
    patience.abort();
    await refused;
    expect(playground.messages(chat)).toHaveLength(1);
  });

  it('spares polling unless it is named', async () => {
    const { playground, bot } = test;
    const chat = await startChat();
    playground.faults.next({ kind: '500' });
    await bot.api.getUpdates();
    await expect(bot.api.sendMessage(chat.id, 'one')).rejects.toMatchObject({ error_code: 500 });
    playground.faults.next({ method: 'getUpdates', kind: '502' });
    await expect(bot.api.getUpdates()).rejects.toMatchObject({ error_code: 502 });
  });
});
