import sharp from 'sharp';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ChannelHandle } from '../../../src/playground/discord/index.js';
import {
  button,
  gallery,
  row,
  componentsV2 as v2,
  words,
} from '../../support/discord-components.js';
import { type JudgedPlayground, startDiscordPlayground } from '../../support/discord-playground.js';

const png = await sharp({ create: { width: 8, height: 4, channels: 3, background: 'teal' } })
  .png()
  .toBuffer();
let playground: JudgedPlayground;
let channel: ChannelHandle;
let path: string;

beforeEach(async () => {
  playground = await startDiscordPlayground({ rateLimitScale: 100 });
  const guild = playground.driver.createGuild({ name: 'Studio' });
  channel = guild.createChannel({ name: 'general' });
  path = `/channels/${channel.id}/messages`;
});

describe('a message that the platform refuses', () => {
  const refusals: [string, Record<string, unknown>, number, number, string?][] = [
    ['text over 2000 characters', { content: 'x'.repeat(2001) }, 400, 50035, 'content'],
    ['nothing at all', {}, 400, 50006],
    ['an empty text', { content: ' ' }, 400, 50006],
    ['a misspelt key', { contents: 'hello' }, 400, 50035, 'contents'],
    [
      'a misspelt key in a component',
      { content: 'x', components: [row({ ...button('a'), customId: 'a' })] },
      400,
      50035,
      'components',
    ],
    [
      'more than five rows',
      {
        content: 'x',
        components: Array.from({ length: 6 }, (_, index) => row(button(`${index}`))),
      },
      400,
      50035,
      'components',
    ],
    [
      'more than five buttons in a row',
      { content: 'x', components: [row(...['a', 'b', 'c', 'd', 'e', 'f'].map(button))] },
      400,
      50035,
    ],
    [
      'the same custom id twice',
      { content: 'x', components: [row(button('a'), button('a'))] },
      400,
      50035,
    ],
    [
      'a custom id over 100 characters',
      { content: 'x', components: [row(button('x'.repeat(101)))] },
      400,
      50035,
    ],
    [
      'a button without custom id',
      { content: 'x', components: [row({ type: 2, style: 1, label: 'Go' })] },
      400,
      50035,
    ],
    [
      'a button without label or emoji',
      { content: 'x', components: [row({ type: 2, style: 1, custom_id: 'a' })] },
      400,
      50035,
    ],
    [
      'a link button with a custom id',
      {
        content: 'x',
        components: [
          row({ type: 2, style: 5, label: 'Go', url: 'https://a.example', custom_id: 'a' }),
        ],
      },
      400,
      50035,
    ],
    ['Components V2 without their flag', { components: [words('x')] }, 400, 50035, 'components'],
    [
      'content beside Components V2',
      { content: 'x', flags: v2, components: [words('x')] },
      400,
      50035,
      'content',
    ],
    [
      'embeds beside Components V2',
      { embeds: [{ title: 'x' }], flags: v2, components: [words('x')] },
      400,
      50035,
      'embeds',
    ],
    [
      'more than 40 components in all',
      {
        flags: v2,
        components: [{ type: 17, components: Array.from({ length: 40 }, () => words('x')) }],
      },
      400,
      50035,
      'components',
    ],
    [
      'more than 4000 characters of shown text',
      { flags: v2, components: [words('x'.repeat(2001)), words('x'.repeat(2000))] },
      400,
      50035,
      'components',
    ],
    ['an empty gallery', { flags: v2, components: [gallery()] }, 400, 50035],
    [
      'a gallery of eleven',
      {
        flags: v2,
        components: [gallery(...Array.from({ length: 11 }, (_, n) => `https://a.example/${n}`))],
      },
      400,
      50035,
    ],
    [
      'a file that was not uploaded',
      { flags: v2, components: [gallery('attachment://a.png')] },
      400,
      50035,
      'components',
    ],
    ['a flag that messages do not take', { content: 'x', flags: 64 }, 400, 50035, 'flags'],
    ['a nonce over 25 characters', { content: 'x', nonce: 'x'.repeat(26) }, 400, 50035, 'nonce'],
    [
      'users both parsed and listed among allowed mentions',
      { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } },
      400,
      50035,
    ],
    [
      'an answer to a message that is not there',
      { content: 'x', message_reference: { message_id: '1' } },
      400,
      50035,
      'message_reference',
    ],
    [
      'eleven entries of attachments',
      { content: 'x', attachments: Array.from({ length: 11 }, (_, id) => ({ id })) },
      400,
      50035,
    ],
    [
      'an attachment that no file fills',
      { content: 'x', attachments: [{ id: '0' }] },
      400,
      50035,
      'attachments',
    ],
    [
      'embeds over 6000 characters',
      { embeds: [1, 2].map(() => ({ description: 'x'.repeat(3001) })) },
      400,
      50035,
      'embeds',
    ],
  ];

  it.each(refusals)('refuses %s', async (_what, body, status, code, field) => {
    const answer = await playground.send('POST', path, body);
    expect(answer).toMatchObject({ status, body: { code } });
    if (field) expect(Object.keys(answer.body.errors)).toContain(field);
    expect(channel.messages()).toEqual([]);
  });

  it('refuses a file over the size limit with 413 and 40005', async () => {
    const files = [{ name: 'big.bin', bytes: Buffer.alloc(10 * 1024 * 1024 + 1) }];
    const answer = await playground.send('POST', path, { content: 'x' }, { files });
    expect(answer).toMatchObject({ status: 413, body: { code: 40005 } });
  });

  it('refuses eleven files', async () => {
    const files = Array.from({ length: 11 }, (_, index) => ({ name: `${index}.png`, bytes: png }));
    const answer = await playground.send('POST', path, { content: 'x' }, { files });
    expect(answer).toMatchObject({ status: 400, body: { code: 30015 } });
  });

  it('refuses broken JSON with 50109', async () => {
    const response = await fetch(`${playground.url}/v10${path}`, {
      method: 'POST',
      body: '{"content":',
      headers: { authorization: `Bot ${playground.token}`, 'content-type': 'application/json' },
    });
    expect(await response.json()).toMatchObject({ code: 50109 });
  });
});
