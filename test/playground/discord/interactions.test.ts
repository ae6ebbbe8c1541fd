import { beforeEach, describe, expect, it } from 'vitest';
import type {
  ChannelHandle,
  GuildHandle,
  InteractionHandle,
  Person,
} from '../../../src/playground/discord/index.js';
import { buttonsOf, textOf } from '../../../src/playground/discord/index.js';
import { type JudgedPlayground, startDiscordPlayground } from '../../support/discord-playground.js';

const ephemeral = 1 << 6;
const v2 = 1 << 15;
const minuteMs = 60_000;

let playground: JudgedPlayground;
let guild: GuildHandle;
let channel: ChannelHandle;
let ada: Person;

beforeEach(async () => {
  playground = await startDiscordPlayground({ rateLimitScale: 100 });
  guild = playground.driver.createGuild({ name: 'Studio' });
  channel = guild.createChannel({ name: 'general' });
  ada = playground.driver.createPerson({ name: 'Ada' });
  guild.addMember(ada);
  await register({ name: 'imagine', description: 'Make an image' });
});

const register = (command: Record<string, unknown>) =>
  playground.send('POST', `/applications/${playground.applicationId}/commands`, command);

const answer = (used: InteractionHandle, body: unknown) =>
  playground.send(
    'POST',
    `/interactions/${used.id}/${used.record.token}/callback?with_response=true`,
    body,
  );

const webhook = (used: InteractionHandle) =>
  `/webhooks/${playground.applicationId}/${used.record.token}`;

const original = (used: InteractionHandle) => `${webhook(used)}/messages/@original`;

const row = (customId: string) => ({
  type: 1,
  components: [{ type: 2, style: 1, label: 'Go', custom_id: customId }],
});

const modal = {
  custom_id: 'ask',
  title: 'Ask',
  components: [
    { type: 18, label: 'Prompt', component: { type: 4, custom_id: 'prompt', style: 2 } },
    {
      type: 18,
      label: 'Images',
      component: { type: 19, custom_id: 'images', max_values: 2, required: false },
    },
  ],
};

describe('the first answer', () => {
  it('is refused with 40060 when there is one already', async () => {
    const used = ada.command(channel, 'imagine');
    expect((await answer(used, { type: 5 })).status).toBe(200);
    const second = await answer(used, { type: 4, data: { content: 'again' } });
    expect(second).toMatchObject({ status: 400, body: { code: 40060 } });
  });

  it('is refused with 10062 later than three seconds, and the person sees a failure', async () => {
    const used = ada.command(channel, 'imagine');
    playground.clock.advance(3001);
    expect(await answer(used, { type: 5 })).toMatchObject({ status: 404, body: { code: 10062 } });
    expect(used.hasFailed()).toBe(true);
  });

  it('is refused with 10062 for an unknown interaction or a wrong token', async () => {
    const used = ada.command(channel, 'imagine');
    const wrong = await playground.send('POST', `/interactions/${used.id}/wrong/callback`, {
      type: 5,
    });
    expect(wrong).toMatchObject({ status: 404, body: { code: 10062 } });
  });

  const refusals: [string, unknown][] = [
    ['a message without data', { type: 4 }],
    ['a modal without data', { type: 9 }],
    ['a misspelt key', { type: 4, dat: { content: 'x' } }],
    ['a misspelt key in its data', { type: 4, data: { contents: 'x' } }],
    ['a deferral with the Components V2 flag', { type: 5, data: { flags: v2 } }],
    ['a deferral with content', { type: 5, data: { content: 'x' } }],
    ['an update where there is no message to update', { type: 7, data: { content: 'x' } }],
    ['choices to a command', { type: 8, data: { choices: [] } }],
    ['text over 2000 characters', { type: 4, data: { content: 'x'.repeat(2001) } }],
    [
      'a modal of six parts',
      { type: 9, data: { ...modal, components: Array(6).fill(modal.components[0]) } },
    ],
    [
      'a modal with a title over 45 characters',
      { type: 9, data: { ...modal, title: 'x'.repeat(46) } },
    ],
  ];

  it.each(refusals)('refuses %s with 50035, and may be tried again', async (_what, body) => {
    const used = ada.command(channel, 'imagine');
    expect(await answer(used, body)).toMatchObject({ status: 400, body: { code: 50035 } });
    expect((await answer(used, { type: 5 })).status).toBe(200);
  });

  it('refuses an empty message with 50006', async () => {
    const refused = await answer(ada.command(channel, 'imagine'), { type: 4, data: {} });
    expect(refused).toMatchObject({ status: 400, body: { code: 50006 } });
  });

  it('refuses a modal after a deferral', async () => {
    const used = ada.command(channel, 'imagine');
    await answer(used, { type: 5 });
    expect((await answer(used, { type: 9, data: modal })).body.code).toBe(40060);
  });

  it('needs Attach Files for a file', async () => {
    const bare = guild.createChannel({ name: 'bare', botLacks: ['AttachFiles'] });
    const used = ada.command(bare, 'imagine');
    const files = [{ name: 'a.txt', bytes: Buffer.from('a') }];
    const path = `/interactions/${used.id}/${used.record.token}/callback`;
    const refused = await playground.send(
      'POST',
      path,
      { type: 4, data: { content: 'x' } },
      { files },
    );
    expect(refused).toMatchObject({ status: 403, body: { code: 50013 } });
  });
});

describe('the token', () => {
  it('edits the answer for fifteen minutes and is refused with 50027 after them', async () => {
    const used = ada.command(channel, 'imagine');
    await answer(used, { type: 5 });
    playground.clock.advance(14 * minuteMs);
    expect((await playground.send('PATCH', original(used), { content: 'done' })).status).toBe(200);
    playground.clock.advance(minuteMs + 1);
    const late = await playground.send('PATCH', original(used), { content: 'late' });
    expect(late).toMatchObject({ status: 401, body: { code: 50027 } });
  });

  it('is refused with 50027 when nobody gave it', async () => {
    const path = `/webhooks/${playground.applicationId}/wrong/messages/@original`;
    expect((await playground.send('GET', path)).body.code).toBe(50027);
  });

  it('reaches nothing before the first answer', async () => {
    const used = ada.command(channel, 'imagine');
    expect((await playground.send('GET', original(used))).body.code).toBe(10015);
  });

  it("does not reach other interactions' messages", async () => {
    const [one, other] = [ada.command(channel, 'imagine'), ada.command(channel, 'imagine')];
    await answer(one, { type: 4, data: { content: 'one' } });
    await answer(other, { type: 4, data: { content: 'other' } });
    const path = `${webhook(one)}/messages/${other.record.originalMessageId}`;
    expect((await playground.send('PATCH', path, { content: 'x' })).body.code).toBe(10008);
  });
});

describe('a deferred answer', () => {
  it('stands loading until its first edit, which is no edit to the reader', async () => {
    const used = ada.command(channel, 'imagine');
    const { body } = await answer(used, { type: 5 });
    expect(body.interaction.response_message_loading).toBe(true);
    expect(body.resource.message.flags).toBe(1 << 7);
    const edited = await playground.send('PATCH', original(used), { content: 'done' });
    expect(edited.body).toMatchObject({ flags: 0, edited_timestamp: null });
    expect(textOf(await used.message())).toBe('done');
  });

  it('is filled by the first follow-up', async () => {
    const used = ada.command(channel, 'imagine');
    await answer(used, { type: 5 });
    const filled = await playground.send('POST', webhook(used), { content: 'done' });
    expect(filled.body.id).toBe(used.record.originalMessageId);
    const further = await playground.send('POST', webhook(used), { content: 'more' });
    expect(further.body.id).not.toBe(filled.body.id);
    expect(channel.messages().map(textOf)).toEqual(['done', 'more']);
  });

  it('goes on by the bot token after the interaction token is over', async () => {
    const used = ada.command(channel, 'imagine');
    await answer(used, { type: 5 });
    playground.clock.advance(20 * minuteMs);
    const path = `/channels/${channel.id}/messages/${used.record.originalMessageId}`;
    expect((await playground.send('PATCH', path, { content: 'done' })).status).toBe(200);
  });
});

describe('an ephemeral message', () => {
  it('is seen by one user, and by no route of the bot token', async () => {
    const bob = playground.driver.createPerson({ name: 'Bob' });
    guild.addMember(bob);
    const used = ada.command(channel, 'imagine');
    const { body } = await answer(used, { type: 4, data: { content: 'psst', flags: ephemeral } });
    expect(ada.messages(channel).map(textOf)).toEqual(['psst']);
    expect(bob.messages(channel)).toEqual([]);
    expect(channel.messages()).toEqual([]);
    const path = `/channels/${channel.id}/messages/${body.resource.message.id}`;
    for (const method of ['GET', 'DELETE']) {
      expect((await playground.send(method, path)).body.code).toBe(10008);
    }
    expect((await playground.send('PATCH', path, { content: 'x' })).body.code).toBe(10008);
    expect((await playground.send('PATCH', original(used), { content: 'x' })).status).toBe(200);
    expect((await playground.send('GET', `/channels/${channel.id}/messages`)).body).toEqual([]);
  });

  it('keeps its buttons from others', async () => {
    const bob = playground.driver.createPerson({ name: 'Bob' });
    guild.addMember(bob);
    const used = ada.command(channel, 'imagine');
    const data = { content: 'x', flags: ephemeral, components: [row('go')] };
    await answer(used, { type: 4, data });
    const message = await used.message();
    expect(() => bob.press(message, 'go')).toThrow(/does not see/);
    expect(ada.press(message, 'go').record.sourceMessageId).toBe(message.id);
  });
});

describe('a button', () => {
  it('updates its message, and its later edits reach the same one', async () => {
    const used = ada.command(channel, 'imagine');
    await answer(used, { type: 4, data: { content: 'one', components: [row('go')] } });
    const message = await used.message();
    const pressed = ada.press(message, 'Go');
    expect(pressed.record.payload.data).toMatchObject({ component_type: 2, custom_id: 'go' });
    await answer(pressed, { type: 6 });
    await playground.send('PATCH', original(pressed), { content: 'two', components: [] });
    expect(channel.messages().map(textOf)).toEqual(['two']);
    expect(buttonsOf(message)).toEqual([]);
  });

  it('answers with a message of its own that replies to the first', async () => {
    const used = ada.command(channel, 'imagine');
    await answer(used, { type: 4, data: { content: 'one', components: [row('go')] } });
    const pressed = ada.press(await used.message(), 'go');
    const { body } = await answer(pressed, { type: 4, data: { content: 'two' } });
    expect(body.resource.message.message_reference.message_id).toBe(used.record.originalMessageId);
  });

  it('cannot be pressed when it is not there, or disabled', async () => {
    const used = ada.command(channel, 'imagine');
    const disabled = { type: 2, style: 1, label: 'Off', custom_id: 'off', disabled: true };
    const components = [{ type: 1, components: [disabled] }];
    await answer(used, { type: 4, data: { content: 'one', components } });
    const message = await used.message();
    expect(() => ada.press(message, 'go')).toThrow(/no button go/);
    expect(() => ada.press(message, 'off')).toThrow(/disabled/);
  });
});

describe('a modal', () => {
  it('comes back with its fields and files', async () => {
    const used = ada.command(channel, 'imagine');
    await answer(used, { type: 9, data: modal });
    const images = [{ name: 'a.txt', bytes: Buffer.from('a'), contentType: 'text/plain' }];
    const sent = ada.submitModal(used, { prompt: 'a fox', images });
    const data = sent.record.payload.data as {
      components: { component: Record<string, unknown> }[];
      resolved: { attachments: Record<string, { url: string }> };
    };
    expect(data.components[0]?.component).toMatchObject({ custom_id: 'prompt', value: 'a fox' });
    const [attachment] = Object.values(data.resolved.attachments);
    expect(await (await fetch(attachment?.url ?? '')).text()).toBe('a');
  });

  it('is not sent with a required field left empty', async () => {
    const used = ada.command(channel, 'imagine');
    await answer(used, { type: 9, data: modal });
    expect(() => ada.submitModal(used, {})).toThrow(/prompt is required/);
  });
});

describe('where an interaction happens', () => {
  it('tells a server, its locale, and what the member may do', async () => {
    const chef = playground.driver.createPerson({ name: 'Chef', locale: 'zh-CN' });
    guild.addMember(chef, { permissions: ['ManageGuild'] });
    const { payload } = chef.command(channel, 'imagine').record;
    const member = payload.member as { permissions: string };
    expect(BigInt(member.permissions) & (1n << 5n)).toBe(1n << 5n);
    expect(payload).toMatchObject({
      locale: 'zh-CN',
      guild_locale: 'en-US',
      context: 0,
      authorizing_integration_owners: { '0': guild.id },
    });
  });

  it('tells a user and no member in a direct message', async () => {
    const { payload } = ada.command(ada.directMessage(), 'imagine').record;
    expect(payload).toMatchObject({ context: 1, user: { id: ada.id } });
    expect(payload.member).toBeUndefined();
  });

  it('allows five follow-ups where only the user installed the app', async () => {
    await register({ name: 'anywhere', description: 'x', integration_types: [0, 1] });
    await register({ name: 'imagine', description: 'x', integration_types: [0] });
    const foreign = playground.driver.createGuild({ name: 'Elsewhere', hasBot: false });
    const there = foreign.createChannel({ name: 'general' });
    foreign.addMember(ada);
    expect(() => ada.command(there, 'imagine')).toThrow(/installations/);
    const used = ada.command(there, 'anywhere');
    expect(used.record.payload.authorizing_integration_owners).toEqual({ '1': ada.id });
    await answer(used, { type: 4, data: { content: 'one' } });
    for (let followUp = 0; followUp < 5; followUp += 1) {
      expect((await playground.send('POST', webhook(used), { content: 'more' })).status).toBe(200);
    }
    const sixth = await playground.send('POST', webhook(used), { content: 'too many' });
    expect(sixth).toMatchObject({ status: 400, body: { code: 40094 } });
    const path = `/channels/${there.id}/messages/${used.record.originalMessageId}`;
    expect((await playground.send('PATCH', path, { content: 'x' })).body.code).toBe(50001);
  });
});
