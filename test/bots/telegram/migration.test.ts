import { describe, expect, it } from 'vitest';
import { createTelegramApi } from '../../../src/bots/telegram/telegram-api.js';
import { eventually, useTelegramBot } from './bot-harness.js';

describe('a group that becomes a supergroup', () => {
  const test = useTelegramBot();

  it('takes its scope along, by either service message, without a word', async () => {
    await test.bot.start();
    const ada = test.playground.createUser();
    const room = test.playground.createGroup({ owner: ada });
    const upgraded = test.playground.upgradeGroup(room);
    await eventually(() => expect(test.inbox.receivedKeys()).toHaveLength(2));
    await eventually(() => expect(test.inbox.openKeys()).toEqual([]));
    const move = `telegram:${room.id} telegram:${upgraded.id}`;
    expect(test.moves).toEqual([move, move]);
    expect(test.requests).toEqual([]);
    expect(test.playground.ledger.of('sendMessage')).toEqual([]);
  });

  it('tells of it with the first call to its old id, where those were missed', async () => {
    const ada = test.playground.createUser();
    const room = test.playground.createGroup({ owner: ada });
    const upgraded = test.playground.upgradeGroup(room);
    const { token, url: apiRoot } = test.playground;
    const told: unknown[] = [];
    const api = createTelegramApi({ token, apiRoot, onMigrated: (move) => told.push(move) });
    await expect(api.sendMessage(room.id, 'hello')).rejects.toThrow('upgraded');
    expect(told).toEqual([{ fromChatId: room.id, toChatId: upgraded.id }]);
  });
});
