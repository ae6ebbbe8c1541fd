import { beforeEach, describe, expect, it } from 'vitest';
import {
  buttonsOf,
  type ChannelHandle,
  type GuildHandle,
  type Person,
  textOf,
} from '../../../src/playground/discord/index.js';
import { button, row } from '../../support/discord-components.js';
import {
  askForImages,
  type InteractionRequests,
  interactionRequests,
} from '../../support/discord-interactions.js';
import { type JudgedPlayground, startDiscordPlayground } from '../../support/discord-playground.js';

const ephemeral = 1 << 6;

let playground: JudgedPlayground;
let bot: InteractionRequests;
let guild: GuildHandle;
let channel: ChannelHandle;
let ada: Person;

beforeEach(async () => {
  playground = await startDiscordPlayground({ rateLimitScale: 100 });
  guild = playground.driver.createGuild({ name: 'Studio' });
  channel = guild.createChannel({ name: 'general' });
  ada = playground.driver.createPerson({ name: 'Ada' });
  guild.addMember(ada);
  bot = interactionRequests(playground);
  await bot.register({ name: 'imagine', description: 'Make an image' });
});

describe('an ephemeral message', () => {
  it('is seen by one user, and by no route of the bot token', async () => {
    const bob = playground.driver.createPerson({ name: 'Bob' });
    guild.addMember(bob);
    const used = ada.command(channel, 'imagine');
    const { body } = await bot.answer(used, {
      type: 4,
      data: { content: 'psst', flags: ephemeral },
    });
    expect(ada.messages(channel).map(textOf)).toEqual(['psst']);
    expect(bob.messages(channel)).toEqual([]);
    expect(channel.messages()).toEqual([]);
    const path = `/channels/${channel.id}/messages/${body.resource.message.id}`;
    for (const method of ['GET', 'DELETE']) {
      expect((await playground.send(method, path)).body.code).toBe(10008);
    }
    expect((await playground.send('PATCH', path, { content: 'x' })).body.code).toBe(10008);
    expect((await playground.send('PATCH', bot.original(used), { content: 'x' })).status).toBe(200);
    expect((await playground.send('GET', `/channels/${channel.id}/messages`)).body).toEqual([]);
  });

  it('keeps its buttons from others', async () => {
    const bob = playground.driver.createPerson({ name: 'Bob' });
    guild.addMember(bob);
    const used = ada.command(channel, 'imagine');
    const data = { content: 'x', flags: ephemeral, components: [row(button('go'))] };
    await bot.answer(used, { type: 4, data });
    const message = await used.message();
    expect(() => bob.press(message, 'go')).toThrow(/does not see/);
    expect(ada.press(message, 'go').record.sourceMessageId).toBe(message.id);
  });
});

describe('a button', () => {
  it('updates its message, and its later edits reach the same one', async () => {
    const used = ada.command(channel, 'imagine');
    await bot.answer(used, { type: 4, data: { content: 'one', components: [row(button('go'))] } });
    const message = await used.message();
    const pressed = ada.press(message, 'Go');
    expect(pressed.record.payload.data).toMatchObject({ component_type: 2, custom_id: 'go' });
    await bot.answer(pressed, { type: 6 });
    await playground.send('PATCH', bot.original(pressed), { content: 'two', components: [] });
    expect(channel.messages().map(textOf)).toEqual(['two']);
    expect(buttonsOf(message)).toEqual([]);
  });

  it('answers with a message of its own that replies to the first', async () => {
    const used = ada.command(channel, 'imagine');
    await bot.answer(used, { type: 4, data: { content: 'one', components: [row(button('go'))] } });
    const pressed = ada.press(await used.message(), 'go');
    const { body } = await bot.answer(pressed, { type: 4, data: { content: 'two' } });
    expect(body.resource.message.message_reference.message_id).toBe(used.record.originalMessageId);
  });

  it('cannot be pressed when it is not there, or disabled', async () => {
    const used = ada.command(channel, 'imagine');
    const disabled = { type: 2, style: 1, label: 'Off', custom_id: 'off', disabled: true };
    const components = [{ type: 1, components: [disabled] }];
    await bot.answer(used, { type: 4, data: { content: 'one', components } });
    const message = await used.message();
    expect(() => ada.press(message, 'go')).toThrow(/no button go/);
    expect(() => ada.press(message, 'off')).toThrow(/disabled/);
  });
});

describe('a modal', () => {
  it('comes back with its fields and files', async () => {
    const used = ada.command(channel, 'imagine');
    await bot.answer(used, { type: 9, data: askForImages });
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
    await bot.answer(used, { type: 9, data: askForImages });
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
    await bot.register({ name: 'anywhere', description: 'x', integration_types: [0, 1] });
    await bot.register({ name: 'imagine', description: 'x', integration_types: [0] });
    const foreign = playground.driver.createGuild({ name: 'Elsewhere', hasBot: false });
    const there = foreign.createChannel({ name: 'general' });
    foreign.addMember(ada);
    expect(() => ada.command(there, 'imagine')).toThrow(/installations/);
    const used = ada.command(there, 'anywhere');
    expect(used.record.payload.authorizing_integration_owners).toEqual({ '1': ada.id });
    await bot.answer(used, { type: 4, data: { content: 'one' } });
    for (let followUp = 0; followUp < 5; followUp += 1) {
      expect((await playground.send('POST', bot.webhook(used), { content: 'more' })).status).toBe(
        200,
      );
    }
    const sixth = await playground.send('POST', bot.webhook(used), { content: 'too many' });
    expect(sixth).toMatchObject({ status: 400, body: { code: 40094 } });
    const path = `/channels/${there.id}/messages/${used.record.originalMessageId}`;
    expect((await playground.send('PATCH', path, { content: 'x' })).body.code).toBe(50001);
  });
});
