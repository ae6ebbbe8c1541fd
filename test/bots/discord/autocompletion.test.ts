import { describe, expect, it } from 'vitest';
import type { SuggestionRequest } from '../../../src/chat/index.js';
import { imagineDeclaration, openDiscordBot } from '../../support/discord-bot.js';

const option = { required: false, type: 'string', autocomplete: true } as const;
const description = { 'en-US': 'Which', 'zh-CN': '哪个' };
const commands = [
  { ...imagineDeclaration, options: [{ ...option, name: 'preset', description }] },
  {
    ...imagineDeclaration,
    path: ['admin', 'concurrency', 'edit'],
    options: [{ ...option, name: 'name', description }],
  },
];

describe('an option that is being typed on Discord', () => {
  it('is answered with what chat suggests, and leaves nothing in the inbox', async () => {
    const harness = await openDiscordBot({ commands });
    try {
      const { ada, guild, channel } = harness;
      const asked: SuggestionRequest[] = [];
      harness.suggestWith(async (request) => {
        asked.push(request);
        return [{ name: 'anime · of …', value: 'anime' }];
      });
      const typed = { option: 'preset', value: 'an' };
      expect(await ada.autocomplete(channel, 'imagine', typed)).toEqual([
        { name: 'anime · of …', value: 'anime' },
      ]);
      const scopeId = `discord:${guild.id}`;
      expect(asked).toEqual([{ command: 'imagine', option: 'preset', typed: 'an', scopeId }]);
      expect(harness.inbox.rows.size).toBe(0);
    } finally {
      await harness.close();
    }
  });

  it('is known within a group, and in a direct message', async () => {
    const harness = await openDiscordBot({ commands });
    try {
      const { ada } = harness;
      const asked: SuggestionRequest[] = [];
      harness.suggestWith(async (request) => {
        asked.push(request);
        return [];
      });
      const typed = { option: 'name', value: '' };
      const direct = ada.directMessage();
      expect(await ada.autocomplete(direct, 'admin concurrency edit', typed)).toEqual([]);
      const scopeId = `discord:dm:${ada.id}`;
      expect(asked).toEqual([
        { command: 'admin concurrency edit', option: 'name', typed: '', scopeId },
      ]);
    } finally {
      await harness.close();
    }
  });
});
