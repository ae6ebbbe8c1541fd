import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webhookCallback } from 'grammy';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useTelegramPlayground } from '../../support/telegram-bot.js';

describe("a bot's own settings on the Telegram playground", () => {
  const test = useTelegramPlayground();

  it('keeps commands by scope and language', async () => {
    const { bot } = test;
    const english = [{ command: 'imagine', description: 'Make an image' }];
    const chinese = [{ command: 'imagine', description: '生成图片' }];
    const groups = { type: 'all_group_chats' } as const;
    await bot.api.setMyCommands(english);
    await bot.api.setMyCommands(chinese, { language_code: 'zh', scope: groups });
    expect(await bot.api.getMyCommands()).toEqual(english);
    expect(await bot.api.getMyCommands({ language_code: 'zh', scope: groups })).toEqual(chinese);
    expect(await bot.api.getMyCommands({ language_code: 'zh' })).toEqual([]);
    await bot.api.deleteMyCommands();
    expect(await bot.api.getMyCommands()).toEqual([]);
  });

  it('delivers to a webhook with its secret, again until it is taken, and lets nobody poll', async () => {
    const { playground, bot } = test;
    const handle = webhookCallback(bot, 'http', { secretToken: 'open-sesame' });
    let refusals = 1;
    const server = createServer((request, response) => {
      if (refusals > 0) {
        refusals -= 1;
        response.writeHead(503).end();
      } else {
        void handle(request, response);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    bot.on('message', (context) => context.reply('taken'));
    const { port } = server.address() as AddressInfo;
    await bot.api.setWebhook(`http://127.0.0.1:${port}/hook`, { secret_token: 'open-sesame' });
    const ada = playground.createUser();
    await ada.send(ada.chat, { text: 'hello' });
    await playground.waitForMessage(ada.chat);
    expect(await bot.api.getWebhookInfo()).toMatchObject({
      last_error_message: 'Wrong response from the webhook: 503 Service Unavailable',
    });
    await expect(bot.api.getUpdates()).rejects.toMatchObject({
      error_code: 409,
      description:
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    });
    await bot.api.deleteWebhook();
    expect(await bot.api.getWebhookInfo()).toMatchObject({ url: '' });
  });

  it('takes no webhook without TLS but on this machine', async () => {
    const { bot } = test;
    await expect(bot.api.setWebhook('http://easel.example/hook')).rejects.toMatchObject({
      description: 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
    });
  });
});
