import { describe, expect, it } from 'vitest';
import { applicationCommands } from '../../../src/bots/discord/application-commands.js';
import { sameCommands } from '../../../src/bots/discord/command-registration.js';
import type { CommandGroup } from '../../../src/chat/index.js';
import {
  concurrencyDeclaration,
  imagineDeclaration,
  openDiscordBot,
} from '../../support/discord-bot.js';

const groups: CommandGroup[] = [
  { path: ['admin'], description: { 'en-US': 'Administration', 'zh-CN': '管理' } },
  { path: ['admin', 'concurrency'], description: { 'en-US': 'Tasks at the same time' } },
];

function commandsOf(...commands: (typeof imagineDeclaration)[]) {
  return applicationCommands({ commands, commandGroups: groups });
}

describe('the declared commands as slash commands', () => {
  it('puts required options first, with their types, bounds and translations', () => {
    const [imagine] = commandsOf(imagineDeclaration);
    expect(imagine).toMatchObject({
      name: 'imagine',
      description: 'Make images from a prompt',
      description_localizations: { 'zh-CN': 'Make images from a prompt（中文）' },
      contexts: [0, 1, 2],
      integration_types: [0, 1],
      default_member_permissions: null,
      options: [
        { name: 'prompt', type: 3, required: true },
        { name: 'image', type: 11 },
        { name: 'count', type: 4, min_value: 1, max_value: 4 },
        { name: 'strength', type: 10, min_value: 0, max_value: 1 },
        { name: 'private', type: 5 },
      ],
    });
  });

  it('nests words into groups, which managers alone see', () => {
    const [admin] = commandsOf(concurrencyDeclaration);
    expect(admin).toMatchObject({
      name: 'admin',
      description: 'Administration',
      description_localizations: { 'zh-CN': '管理' },
      default_member_permissions: 0x20,
      options: [
        {
          type: 2,
          name: 'concurrency',
          description: 'Tasks at the same time',
          options: [{ type: 1, name: 'set', options: [{ name: 'value', type: 4 }] }],
        },
      ],
    });
  });

  it('keeps the length of a text apart from the size of a number', () => {
    const prompt = { name: 'prompt', description: { 'en-US': 'p' }, required: false } as const;
    const [command] = commandsOf({
      ...imagineDeclaration,
      options: [{ ...prompt, type: 'string', min: 1, max: 4000 }],
    });
    expect(command).toMatchObject({ options: [{ min_length: 1, max_length: 4000 }] });
  });

  it('notices each difference, and none that Discord makes by itself', () => {
    const wanted = commandsOf(imagineDeclaration, concurrencyDeclaration);
    const present = structuredClone(wanted).reverse() as unknown as Record<string, unknown>[];
    for (const command of present) {
      const permissions = command.default_member_permissions;
      Object.assign(command, {
        id: '1',
        application_id: '2',
        version: '3',
        nsfw: false,
        name_localizations: null,
        default_member_permissions: permissions === null ? null : String(permissions),
      });
    }
    expect(sameCommands(wanted, present)).toBe(true);
    const menu = { type: 3, name: 'Remix images' };
    expect(sameCommands([menu], [{ ...menu, description: '', options: [] }])).toBe(true);
    const changed = structuredClone(present);
    Object.assign(changed[1] ?? {}, { description: 'other' });
    expect(sameCommands(wanted, changed)).toBe(false);
    expect(sameCommands(wanted, present.slice(1))).toBe(false);
  });
});

describe('the bot’s commands on Discord', () => {
  const writes = { method: 'PUT', route: '/applications/{application_id}/commands' };

  it('are registered at the first start, and left alone at the next', async () => {
    const harness = await openDiscordBot();
    try {
      expect(harness.playground.ledger.count(writes)).toBe(1);
      const names = harness.playground.commands().map(({ name }) => name);
      expect(names.sort()).toEqual(['admin', 'imagine']);
      await harness.anotherBot().start();
      expect(harness.playground.ledger.count(writes)).toBe(1);
    } finally {
      await harness.close();
    }
  });
});
