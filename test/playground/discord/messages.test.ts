import sharp from 'sharp';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ChannelHandle, GuildHandle } from '../../../src/playground/discord/index.js';
import { gallery, componentsV2 as v2, words } from '../../support/discord-components.js';
import { type JudgedPlayground, startDiscordPlayground } from '../../support/discord-playground.js';

const png = await sharp({ create: { width: 8, height: 4, channels: 3, background: 'teal' } })
  .png()
  .toBuffer();
let playground: JudgedPlayground;
let guild: GuildHandle;
let channel: ChannelHandle;
let path: string;

beforeEach(async () => {
  playground = await startDiscordPlayground({ rateLimitScale: 100 });
  guild = playground.driver.createGuild({ name: 'Studio' });
  channel = guild.createChannel({ name: 'general' });
  path = `/channels/${channel.id}/messages`;
});

describe('who may do what', () => {
  it('answers 401 to a wrong token', async () => {
    const answer = await playground.send('GET', '/users/@me', undefined, { token: 'wrong' });
    expect(answer).toMatchObject({ status: 401, body: { message: '401: Unauthorized', code: 0 } });
  });

  it('answers 404 with code 0 to a route that does not exist', async () => {
    const answer = await playground.send('GET', '/nowhere');
    expect(answer).toMatchObject({ status: 404, body: { message: '404: Not Found', code: 0 } });
  });

  it('answers 10003 for an unknown channel and 10008 for an unknown message', async () => {
    expect((await playground.send('GET', '/channels/1')).body.code).toBe(10003);
    expect((await playground.send('GET', `${path}/1`)).body.code).toBe(10008);
  });

  it('answers 50001 in a channel that the bot does not see', async () => {
    const hidden = guild.createChannel({ name: 'hidden', botLacks: ['ViewChannel'] });
    const answer = await playground.send('POST', `/channels/${hidden.id}/messages`, {
      content: 'x',
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 50001 } });
  });

  it('answers 50013 to a file where the bot lacks Attach Files, and takes the text', async () => {
    const bare = guild.createChannel({ name: 'bare', botLacks: ['AttachFiles'] });
    const files = [{ name: 'a.png', bytes: png }];
    const to = `/channels/${bare.id}/messages`;
    const refused = await playground.send('POST', to, { content: 'x' }, { files });
    expect(refused).toMatchObject({ status: 403, body: { code: 50013 } });
    expect((await playground.send('POST', to, { content: 'x' })).status).toBe(200);
  });

  it("answers 50005 to an edit of somebody else's message", async () => {
    const ada = playground.driver.createPerson({ name: 'Ada' });
    guild.addMember(ada);
    const said = ada.say(channel, { content: 'mine' });
    const answer = await playground.send('PATCH', `${path}/${said.id}`, { content: 'yours' });
    expect(answer).toMatchObject({ status: 403, body: { code: 50005 } });
  });

  it('answers 50001 in a server that never invited the bot', async () => {
    const foreign = playground.driver.createGuild({ name: 'Elsewhere', hasBot: false });
    const there = foreign.createChannel({ name: 'general' });
    const answer = await playground.send('POST', `/channels/${there.id}/messages`, {
      content: 'x',
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 50001 } });
  });
});

describe('messages', () => {
  it('keeps every version of a message with its time', async () => {
    const { body } = await playground.send('POST', path, { content: 'one' });
    playground.clock.advance(5000);
    await playground.send('PATCH', `${path}/${body.id}`, { content: 'two' });
    const [message] = channel.messages();
    expect(message?.versions.map(({ content }) => content)).toEqual(['one', 'two']);
    const [first, second] = message?.versions ?? [];
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(5000);
  });

  it('makes one message of two with the same enforced nonce, and two without enforcing it', async () => {
    const body = { content: 'x', nonce: '7', enforce_nonce: true };
    const first = await playground.send('POST', path, body);
    const second = await playground.send('POST', path, body);
    expect(second.body.id).toBe(first.body.id);
    await playground.send('POST', path, { content: 'x', nonce: '7' });
    expect(channel.messages()).toHaveLength(2);
  });

  it('forgets a nonce after some minutes', async () => {
    const body = { content: 'x', nonce: '7', enforce_nonce: true };
    await playground.send('POST', path, body);
    playground.clock.advance(6 * 60_000);
    await playground.send('POST', path, body);
    expect(channel.messages()).toHaveLength(2);
  });

  it('drops attachments that an edit does not list, and keeps those that it lists', async () => {
    const files = ['a.png', 'b.png'].map((name) => ({ name, bytes: png }));
    const { body } = await playground.send('POST', path, { content: 'x' }, { files });
    const kept = body.attachments[1];
    const attachments = [{ id: kept.id }, { id: '0', filename: 'c.png' }];
    const edited = await playground.send(
      'PATCH',
      `${path}/${body.id}`,
      { attachments },
      { files: [{ name: 'c.png', bytes: png }] },
    );
    const names = edited.body.attachments.map(({ filename }: { filename: string }) => filename);
    expect(names).toEqual(['b.png', 'c.png']);
  });

  it('refuses an edit that drops a file which a component still shows', async () => {
    const components = [gallery('attachment://a.png')];
    const files = [{ name: 'a.png', bytes: png }];
    const { body } = await playground.send('POST', path, { flags: v2, components }, { files });
    const answer = await playground.send('PATCH', `${path}/${body.id}`, { attachments: [] });
    expect(answer).toMatchObject({ status: 400, body: { code: 50035 } });
  });

  it('keeps the Components V2 flag once it is set', async () => {
    const { body } = await playground.send('POST', path, { flags: v2, components: [words('x')] });
    const one = `${path}/${body.id}`;
    const edited = await playground.send('PATCH', one, { flags: 0, components: [words('y')] });
    expect(edited.body.flags & v2).toBe(v2);
    const answer = await playground.send('PATCH', one, { content: 'plain again' });
    expect(answer).toMatchObject({ status: 400, body: { code: 50035 } });
  });

  it('turns a text into Components V2 when the text is taken away with it', async () => {
    const { body } = await playground.send('POST', path, { content: 'x' });
    const one = `${path}/${body.id}`;
    const components = [words('y')];
    const mixed = await playground.send('PATCH', one, { flags: v2, components });
    expect(mixed.body.code).toBe(50035);
    const turned = await playground.send('PATCH', one, { flags: v2, components, content: null });
    expect(turned).toMatchObject({ status: 200, body: { content: '', flags: v2 } });
  });

  it('gives every component an id and every shown file its address', async () => {
    const components = [{ type: 17, components: [words('x'), gallery('attachment://a.png')] }];
    const files = [{ name: 'a.png', bytes: png }];
    const { body } = await playground.send('POST', path, { flags: v2, components }, { files });
    const [container] = body.components;
    const [shown] = container.components[1].items;
    expect([container.id, container.components[0].id, container.components[1].id]).toEqual([
      1, 2, 3,
    ]);
    expect(shown.media).toMatchObject({ width: 8, height: 4, content_type: 'image/png' });
    const fetched = await fetch(shown.media.url);
    expect(Buffer.from(await fetched.arrayBuffer())).toEqual(png);
  });

  it('serves a file by its signed address only, and for a day', async () => {
    const files = [{ name: 'a.png', bytes: png }];
    const { body } = await playground.send('POST', path, { content: 'x' }, { files });
    const url = new URL(body.attachments[0].url);
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(`${url.origin}${url.pathname}`)).status).toBe(404);
    playground.clock.advance(25 * 3_600_000);
    expect((await fetch(url)).status).toBe(404);
  });

  it('pings nobody whom allowed mentions leave out', async () => {
    const ada = playground.driver.createPerson({ name: 'Ada' });
    const content = `<@${ada.id}> @everyone`;
    const pinged = await playground.send('POST', path, { content });
    const silent = await playground.send('POST', path, {
      content,
      allowed_mentions: { parse: [] },
    });
    expect(pinged.body.mentions).toHaveLength(1);
    expect(pinged.body.mention_everyone).toBe(false);
    expect(silent.body.mentions).toEqual([]);
  });

  it('lists messages newest first, without deleted ones', async () => {
    const ids: string[] = [];
    for (const content of ['a', 'b', 'c']) {
      ids.push((await playground.send('POST', path, { content })).body.id);
    }
    expect((await playground.send('DELETE', `${path}/${ids[1]}`)).status).toBe(204);
    const { body } = await playground.send('GET', `${path}?limit=2`);
    expect(body.map(({ content }: { content: string }) => content)).toEqual(['c', 'a']);
  });

  it('refuses the twenty-first edit within an hour of a message older than one', async () => {
    const { body } = await playground.send('POST', path, { content: 'x' });
    playground.clock.advance(3_600_001);
    const one = `${path}/${body.id}`;
    for (let edit = 0; edit < 20; edit += 1) {
      expect((await playground.send('PATCH', one, { content: `${edit}` })).status).toBe(200);
    }
    const answer = await playground.send('PATCH', one, { content: 'once more' });
    expect(answer.body.code).toBe(30046);
  });
});
