import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ChannelHandle,
  type GuildHandle,
  type Person,
  textOf,
} from '../../../src/playground/discord/index.js';
import { componentsV2 } from '../../support/discord-components.js';
import {
  askForImages,
  type InteractionRequests,
  interactionRequests,
} from '../../support/discord-interactions.js';
import { type JudgedPlayground, startDiscordPlayground } from '../../support/discord-playground.js';

const minuteMs = 60_000;

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

describe('the first answer', () => {
  it('is refused with 40060 when there is one already', async () => {
    const used = ada.command(channel, 'imagine');
    expect((await bot.answer(used, { type: 5 })).status).toBe(200);
    const second = await bot.answer(used, { type: 4, data: { content: 'again' } });
    expect(second).toMatchObject({ status: 400, body: { code: 40060 } });
  });

  it('is refused with 10062 later than three seconds, and the person sees a failure', async () => {
    const used = ada.command(channel, 'imagine');
    playground.clock.advance(3001);
    expect(await bot.answer(used, { type: 5 })).toMatchObject({
      status: 404,
      body: { code: 10062 },
    });
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
    ['a deferral with the Components V2 flag', { type: 5, data: { flags: componentsV2 } }],
    ['a deferral with content', { type: 5, data: { content: 'x' } }],
    ['an update where there is no message to update', { type: 7, data: { content: 'x' } }],
    ['choices to a command', { type: 8, data: { choices: [] } }],
    ['text over 2000 characters', { type: 4, data: { content: 'x'.repeat(2001) } }],
    [
      'a modal of six parts',
      { type: 9, data: { ...askForImages, components: Array(6).fill(askForImages.components[0]) } },
    ],
    [
      'a modal with a title over 45 characters',
      { type: 9, data: { ...askForImages, title: 'x'.repeat(46) } },
    ],
  ];

  it.each(refusals)('refuses %s with 50035, and may be tried again', async (_what, body) => {
    const used = ada.command(channel, 'imagine');
    expect(await bot.answer(used, body)).toMatchObject({ status: 400, body: { code: 50035 } });
    expect((await bot.answer(used, { type: 5 })).status).toBe(200);
  });

  it('refuses an empty message with 50006', async () => {
    const refused = await bot.answer(ada.command(channel, 'imagine'), { type: 4, data: {} });
    expect(refused).toMatchObject({ status: 400, body: { code: 50006 } });
  });

  it('refuses a modal after a deferral', async () => {
    const used = ada.command(channel, 'imagine');
    await bot.answer(used, { type: 5 });
    expect((await bot.answer(used, { type: 9, data: askForImages })).body.code).toBe(40060);
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
    await bot.answer(used, { type: 5 });
    playground.clock.advance(14 * minuteMs);
    expect((await playground.send('PATCH', bot.original(used), { content: 'done' })).status).toBe(
      200,
    );
    playground.clock.advance(minuteMs + 1);
    const late = await playground.send('PATCH', bot.original(used), { content: 'late' });
    expect(late).toMatchObject({ status: 401, body: { code: 50027 } });
  });

  it('is refused with 50027 when nobody gave it', async () => {
    const path = `/webhooks/${playground.applicationId}/wrong/messages/@original`;
    expect((await playground.send('GET', path)).body.code).toBe(50027);
  });

  it('reaches nothing before the first answer', async () => {
    const used = ada.command(channel, 'imagine');
    expect((await playground.send('GET', bot.original(used))).body.code).toBe(10015);
  });

  it("does not reach other interactions' messages", async () => {
    const [one, other] = [ada.command(channel, 'imagine'), ada.command(channel, 'imagine')];
    await bot.answer(one, { type: 4, data: { content: 'one' } });
    await bot.answer(other, { type: 4, data: { content: 'other' } });
    const path = `${bot.webhook(one)}/messages/${other.record.originalMessageId}`;
    expect((await playground.send('PATCH', path, { content: 'x' })).body.code).toBe(10008);
  });
});

describe('a deferred answer', () => {
  it('stands loading until its first edit, which is no edit to the reader', async () => {
    const used = ada.command(channel, 'imagine');
    const { body } = await bot.answer(used, { type: 5 });
    expect(body.interaction.response_message_loading).toBe(true);
    expect(body.resource.message.flags).toBe(1 << 7);
    const edited = await playground.send('PATCH', bot.original(used), { content: 'done' });
    expect(edited.body).toMatchObject({ flags: 0, edited_timestamp: null });
    expect(textOf(await used.message())).toBe('done');
  });

  it('is filled by the first follow-up', async () => {
    const used = ada.command(channel, 'imagine');
    await bot.answer(used, { type: 5 });
    const filled = await playground.send('POST', bot.webhook(used), { content: 'done' });
    expect(filled.body.id).toBe(used.record.originalMessageId);
    const further = await playground.send('POST', bot.webhook(used), { content: 'more' });
    expect(further.body.id).not.toBe(filled.body.id);
    expect(channel.messages().map(textOf)).toEqual(['done', 'more']);
  });

  it('goes on by the bot token after the interaction token is over', async () => {
    const used = ada.command(channel, 'imagine');
    await bot.answer(used, { type: 5 });
    playground.clock.advance(20 * minuteMs);
    const path = `/channels/${channel.id}/messages/${used.record.originalMessageId}`;
    expect((await playground.send('PATCH', path, { content: 'done' })).status).toBe(200);
  });
});
