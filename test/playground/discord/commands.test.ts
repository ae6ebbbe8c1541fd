import { beforeEach, describe, expect, it } from 'vitest';
import type { ChannelHandle, GuildHandle, Person } from '../../../src/playground/discord/index.js';
import { type JudgedPlayground, startDiscordPlayground } from '../../support/discord-playground.js';

let playground: JudgedPlayground;
let guild: GuildHandle;
let channel: ChannelHandle;
let ada: Person;
let path: string;

beforeEach(async () => {
  playground = await startDiscordPlayground({ rateLimitScale: 100 });
  guild = playground.driver.createGuild({ name: 'Studio' });
  channel = guild.createChannel({ name: 'general' });
  ada = playground.driver.createPerson({ name: 'Ada' });
  guild.addMember(ada);
  path = `/applications/${playground.applicationId}/commands`;
});

const text = (name: string, more: object = {}) => ({ type: 3, name, description: name, ...more });
const command = (name: string, more: object = {}) => ({ name, description: name, ...more });

describe('a command that the platform refuses', () => {
  const refusals: [string, object][] = [
    ['without a name', { description: 'x' }],
    ['with an upper-case name', command('Imagine')],
    ['with a space in its name', command('make image')],
    ['without a description', { name: 'imagine' }],
    ['with a misspelt key', command('imagine', { desription: 'x' })],
    ['with an upper-case option', command('imagine', { options: [text('Prompt')] })],
    [
      'with an upper-case localized name',
      command('imagine', { name_localizations: { de: 'Malen' } }),
    ],
    ['with the same option twice', command('imagine', { options: [text('a'), text('a')] })],
    [
      'with a required option after another',
      command('imagine', { options: [text('a'), text('b', { required: true })] }),
    ],
    [
      'with 26 options',
      command('imagine', { options: Array.from({ length: 26 }, (_, n) => text(`o${n}`)) }),
    ],
    [
      'with options beside sub-commands',
      command('imagine', { options: [text('a'), { type: 1, name: 'b', description: 'b' }] }),
    ],
    [
      'with choices and autocomplete',
      command('imagine', {
        options: [text('a', { autocomplete: true, choices: [{ name: 'x', value: 'x' }] })],
      }),
    ],
    ['of a context menu with a description', { type: 3, name: 'Remix images', description: 'x' }],
  ];

  it.each(refusals)('is one %s', async (_what, body) => {
    expect(await playground.send('POST', path, body)).toMatchObject({
      status: 400,
      body: { code: 50035 },
    });
    expect(playground.commands()).toEqual([]);
  });

  it('is one of two with the same name, and then none is kept', async () => {
    const answer = await playground.send('PUT', path, [command('imagine'), command('imagine')]);
    expect(answer.body.code).toBe(50035);
    expect(playground.commands()).toEqual([]);
  });

  it('is the sixteenth of a context menu', async () => {
    const menus = Array.from({ length: 16 }, (_, n) => ({ type: 3, name: `Menu ${n}` }));
    expect((await playground.send('PUT', path, menus)).status).toBe(400);
  });
});

describe('registered commands', () => {
  it('keep their id when all are overwritten, and go when they are left out', async () => {
    const first = await playground.send('PUT', path, [command('imagine'), command('batch')]);
    const second = await playground.send('PUT', path, [command('imagine', { nsfw: true })]);
    expect(second.body[0].id).toBe(first.body[0].id);
    expect(second.body[0].version).not.toBe(first.body[0].version);
    expect((await playground.send('GET', path)).body).toHaveLength(1);
  });

  it('can be changed and deleted one by one, and belong to one guild where they are its own', async () => {
    const own = `/applications/${playground.applicationId}/guilds/${guild.id}/commands`;
    const made = await playground.send('POST', own, command('imagine'));
    expect(made).toMatchObject({ status: 201, body: { guild_id: guild.id } });
    const one = `${own}/${made.body.id}`;
    const changed = await playground.send('PATCH', one, { description: 'new' });
    expect(changed.body.description).toBe('new');
    expect((await playground.send('GET', `${path}/${made.body.id}`)).body.code).toBe(10063);
    expect((await playground.send('DELETE', one)).status).toBe(204);
    expect((await playground.send('GET', own)).body).toEqual([]);
  });

  it("answer 10002 for somebody else's application", async () => {
    expect((await playground.send('GET', '/applications/1/commands')).body.code).toBe(10002);
  });
});

describe("a person's client", () => {
  beforeEach(async () => {
    await playground.send('PUT', path, [
      command('imagine', {
        options: [
          text('prompt', { required: true, max_length: 10 }),
          text('aspect', { choices: [{ name: 'Wide', value: '16:9' }] }),
          { type: 4, name: 'count', description: 'x', min_value: 1, max_value: 4 },
          { type: 11, name: 'image', description: 'x' },
          { type: 6, name: 'for', description: 'x' },
        ],
      }),
      command('admin', {
        default_member_permissions: '32',
        options: [
          {
            type: 2,
            name: 'preset',
            description: 'x',
            options: [{ type: 1, name: 'add', description: 'x', options: [text('name')] }],
          },
        ],
      }),
      command('spicy', { nsfw: true }),
      command('server', { contexts: [0] }),
    ]);
  });

  const refusals: [string, string, object, RegExp][] = [
    ['a required option left out', 'imagine', {}, /needs the option prompt/],
    ['an option that is not there', 'imagine', { prompt: 'x', size: 1 }, /no option size/],
    ['a text for a number', 'imagine', { prompt: 'x', count: '2' }, /count: a number/],
    ['a number out of bounds', 'imagine', { prompt: 'x', count: 5 }, /above 4/],
    ['a broken number', 'imagine', { prompt: 'x', count: 1.5 }, /not whole/],
    ['a text too long', 'imagine', { prompt: 'x'.repeat(11) }, /too long/],
    ['what is not among the choices', 'imagine', { prompt: 'x', aspect: '1:1' }, /choices/],
    ['an unknown command', 'imagin', {}, /no command imagin/],
  ];

  it.each(refusals)('does not send %s', (_what, name, options, reason) => {
    expect(() => ada.command(channel, name, { ...options })).toThrow(reason);
  });

  it('offers a command only to those who may use it, and where', () => {
    expect(() => ada.command(channel, 'admin preset add')).toThrow(/permissions 32/);
    expect(() => ada.command(channel, 'spicy')).toThrow(/age limit/);
    expect(() => ada.command(ada.directMessage(), 'server')).toThrow(/contexts 0/);
    const adult = guild.createChannel({ name: 'adult', isAgeRestricted: true });
    expect(ada.command(adult, 'spicy').record.payload.channel).toMatchObject({ nsfw: true });
  });

  it('wraps options in their group and sub-command', () => {
    const chef = playground.driver.createPerson({ name: 'Chef' });
    guild.addMember(chef, { permissions: ['ManageGuild'] });
    const { payload } = chef.command(channel, 'admin preset add', { name: 'anime' }).record;
    expect(payload.data).toMatchObject({
      name: 'admin',
      options: [
        {
          type: 2,
          name: 'preset',
          options: [{ type: 1, name: 'add', options: [{ value: 'anime' }] }],
        },
      ],
    });
  });

  it('resolves users and files', async () => {
    const image = { name: 'my fox.txt', bytes: Buffer.from('fox'), contentType: 'text/plain' };
    const { payload } = ada.command(channel, 'imagine', { prompt: 'x', for: ada.id, image }).record;
    const { resolved } = payload.data as {
      resolved: {
        users: Record<string, unknown>;
        members: Record<string, unknown>;
        attachments: Record<string, { filename: string; url: string; size: number }>;
      };
    };
    expect(Object.keys(resolved.users)).toEqual([ada.id]);
    expect(Object.keys(resolved.members)).toEqual([ada.id]);
    const [attachment] = Object.values(resolved.attachments);
    expect(attachment).toMatchObject({ filename: 'my_fox.txt', size: 3 });
    expect(await (await fetch(attachment?.url ?? '')).text()).toBe('fox');
  });
});
