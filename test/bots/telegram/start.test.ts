import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createTelegramPlayground } from '../../../src/playground/telegram/index.js';
import { eventually, useTelegramBot } from './bot-harness.js';

describe('the start of the Telegram bot', () => {
  const test = useTelegramBot();

  it('refuses a wrong token in one clear line, and does not try again', async () => {
    const token = '7700000001:a-canary-that-no-log-may-show';
    const bot = test.another({ token });
    const { host } = new URL(test.playground.url);
    await expect(bot.start()).rejects.toMatchObject({
      name: 'StartError',
      retryable: false,
      message: `TELEGRAM_TOKEN was refused by ${host} (401 Unauthorized)`,
    });
    expect(test.logLines.join()).not.toContain('canary');
  });

  it('waits for a Telegram that is away, with one line that names host and reason', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const bot = test.another({ apiRoot: `http://127.0.0.1:${port}` });
    const started = bot.start();
    await eventually(() => expect(linesWith('ECONNREFUSED')).toHaveLength(1));
    expect(linesWith('ECONNREFUSED')[0]).toContain(`127.0.0.1:${port}`);
    const playground = await createTelegramPlayground({ port });
    try {
      await started;
      expect(linesWith('ECONNREFUSED')).toHaveLength(1);
      expect(linesWith('is ready')).toHaveLength(1);
    } finally {
      await bot.stop();
      await playground.close();
    }
  });

  it('shows its token in no line and no error, whatever breaks', async () => {
    const [, secret = ''] = test.playground.token.split(':');
    test.playground.faults.next({ method: 'getMe', kind: 'reset-before' });
    test.playground.faults.next({ method: 'getMyCommands', kind: 'reset-before' });
    await test.bot.start();
    const ada = test.playground.createUser();
    test.playground.faults.next({ method: 'getUpdates', kind: '502' });
    test.playground.faults.next({ method: 'getUpdates', kind: 'reset-before' });
    test.playground.faults.next({ method: 'sendMessage', kind: 'reset-before' });
    await ada.send(ada.chat, { text: 'a red fox' });
    await test.playground.waitForMessage(ada.chat);
    const room = test.playground.createGroup({ owner: ada });
    await ada.send(room, { text: '/imagine a red fox' });
    await eventually(() => expect(test.requests).toHaveLength(2));
    test.playground.faults.next({ method: 'getChatMember', kind: 'reset-before' });
    const error = await test.requests[1]?.managesScope().catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: 'TelegramCallError' });
    expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain(secret);
    expect(test.logLines.length).toBeGreaterThan(3);
    expect(test.logLines.join('\n')).not.toContain(secret);
  });

  it('goes on polling after resets, 5xx and 429', async () => {
    const ada = test.playground.createUser();
    for (const kind of ['500', 'reset-before', '429', 'reset-after'] as const) {
      test.playground.faults.next({ method: 'getUpdates', kind, retryAfter: 1 });
    }
    await test.bot.start();
    await ada.send(ada.chat, { text: 'a red fox' });
    await test.playground.waitForMessage(ada.chat);
    expect(test.requests).toHaveLength(1);
  });

  it('says that somebody else polls with its token, and takes over when that one stops', async () => {
    const ada = test.playground.createUser();
    await test.bot.start();
    await test.playground.waitFor(() => test.playground.isPolled);
    const second = test.another();
    await second.start();
    await eventually(() => expect(linesWith('somebody else polls')).not.toEqual([]));
    await test.bot.stop();
    await ada.send(ada.chat, { text: 'a red fox' });
    await test.playground.waitForMessage(ada.chat);
  });

  it('brings the command menu up to date once, in both languages', async () => {
    const menuSet = () => test.playground.ledger.of('setMyCommands').length;
    const menuRead = () => test.playground.ledger.of('getMyCommands').length;
    await test.bot.start();
    await test.playground.waitFor(() => menuSet() === 6);
    const ofAdministrators = test.playground.ledger
      .of('setMyCommands')
      .map(({ parameters }) => parameters)
      .find(
        ({ scope, language_code }) =>
          language_code === 'zh' && JSON.stringify(scope).includes('administrators'),
      );
    expect(ofAdministrators?.commands).toEqual([
      { command: 'imagine', description: '生成图片' },
      { command: 'batch', description: '修改多张图片' },
      { command: 'admin', description: '管理' },
    ]);
    await test.bot.stop();
    const before = menuRead();
    await test.another().start();
    await test.playground.waitFor(() => menuRead() === before + 6);
    expect(menuSet()).toBe(6);
  });

  it('ends its long poll at once when it is stopped', async () => {
    await test.bot.start();
    await test.playground.waitFor(() => test.playground.isPolled);
    await test.bot.stop();
    await eventually(() => expect(test.playground.isPolled).toBe(false));
  });

  const linesWith = (words: string) => test.logLines.filter((line) => line.includes(words));
});
