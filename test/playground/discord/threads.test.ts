import { beforeEach, describe, expect, it } from 'vitest';
import type { ChannelHandle, GuildHandle } from '../../../src/playground/discord/index.js';
import { type JudgedPlayground, startDiscordPlayground } from '../../support/discord-playground.js';

let playground: JudgedPlayground;
let guild: GuildHandle;
let parent: ChannelHandle;

beforeEach(async () => {
  playground = await startDiscordPlayground({ rateLimitScale: 100 });
  guild = playground.driver.createGuild({ name: 'Studio' });
  parent = guild.createChannel({ name: 'general' });
});

const words = { content: 'hello', allowed_mentions: { parse: [] } };

describe('a thread', () => {
  it('takes no edit while it is archived, and is opened again by who may write there', async () => {
    const thread = guild.createThread(parent, { name: 'foxes' });
    const path = `/channels/${thread.id}/messages`;
    const { body: message } = await playground.send('POST', path, words);
    const edit = () => playground.send('PATCH', `${path}/${message.id}`, words);
    playground.driver.archiveThread(thread);
    expect(await edit()).toMatchObject({ status: 400, body: { code: 50083 } });
    const opened = await playground.send('PATCH', `/channels/${thread.id}`, { archived: false });
    expect(opened.body.thread_metadata).toMatchObject({ archived: false, locked: false });
    expect((await edit()).status).toBe(200);
  });

  it('is opened by a message too, unless it is locked', async () => {
    const thread = guild.createThread(parent, { name: 'foxes' });
    const path = `/channels/${thread.id}/messages`;
    playground.driver.archiveThread(thread);
    expect((await playground.send('POST', path, words)).status).toBe(200);
    expect(thread.record.thread?.isArchived).toBe(false);
    playground.driver.archiveThread(thread, { locked: true });
    expect(await playground.send('POST', path, words)).toMatchObject({ body: { code: 160005 } });
    const opening = await playground.send('PATCH', `/channels/${thread.id}`, { archived: false });
    expect(opening).toMatchObject({ status: 403, body: { code: 50013 } });
  });

  it('has a permission of its own for writing', async () => {
    const strict = guild.createChannel({ name: 'strict', botLacks: ['SendMessagesInThreads'] });
    const thread = guild.createThread(strict, { name: 'foxes' });
    const there = await playground.send('POST', `/channels/${thread.id}/messages`, words);
    expect(there).toMatchObject({ status: 403, body: { code: 50013 } });
    const beside = await playground.send('POST', `/channels/${strict.id}/messages`, words);
    expect(beside.status).toBe(200);
  });
});

it('a reply takes the permission to read what it replies to', async () => {
  const strict = guild.createChannel({ name: 'strict', botLacks: ['ReadMessageHistory'] });
  const path = `/channels/${strict.id}/messages`;
  const { body: message } = await playground.send('POST', path, words);
  const reply = { ...words, message_reference: { message_id: message.id } };
  expect(await playground.send('POST', path, reply)).toMatchObject({ body: { code: 160002 } });
});
