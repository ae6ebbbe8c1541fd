import { REST } from 'discord.js';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type AdjustableClock,
  type ChannelHandle,
  textOf,
} from '../../../src/playground/discord/index.js';
import { type JudgedPlayground, startDiscordPlayground } from '../../support/discord-playground.js';

let playground: JudgedPlayground;
let channel: ChannelHandle;
let path: `/channels/${string}`;

/** Stands still until it is moved: a window lasts as long as a busy machine takes. */
function standingClock(): AdjustableClock {
  let now = Date.now();
  return {
    now: () => now,
    advance(milliseconds) {
      now += milliseconds;
    },
  };
}

async function start(clock?: AdjustableClock) {
  playground = await startDiscordPlayground(clock ? { clock } : {});
  channel = playground.driver.createGuild({ name: 'Studio' }).createChannel({ name: 'general' });
  path = `/channels/${channel.id}/messages`;
}

beforeEach(() => start(standingClock()));

const say = (content: string) => playground.send('POST', path, { content });

describe('rate limits', () => {
  it('tell the bucket in headers and answer 429 to one too many', async () => {
    for (const remaining of ['4', '3', '2', '1', '0']) {
      const { status, headers } = await say('x');
      expect([status, headers.get('x-ratelimit-remaining')]).toEqual([200, remaining]);
    }
    const { status, body, headers } = await say('too many');
    expect(status).toBe(429);
    expect(body).toMatchObject({ message: 'You are being rate limited.', global: false });
    expect(body.retry_after).toBeGreaterThan(0);
    expect(headers.get('x-ratelimit-scope')).toBe('user');
    expect(headers.get('x-ratelimit-limit')).toBe('5');
    expect(channel.messages()).toHaveLength(5);
  });

  it('end with their window', async () => {
    for (let message = 0; message < 5; message += 1) await say('x');
    playground.clock.advance(5000);
    expect((await say('again')).status).toBe(200);
  });

  it('count edits in a bucket of their own, and each channel apart', async () => {
    const { body } = await say('x');
    for (let message = 0; message < 4; message += 1) await say('x');
    const edited = await playground.send('PATCH', `${path}/${body.id}`, { content: 'y' });
    expect(edited.status).toBe(200);
    const bucket = (await say('x')).headers.get('x-ratelimit-bucket');
    expect(edited.headers.get('x-ratelimit-bucket')).not.toBe(bucket);
  });

  it('stop a bot at fifty requests a second in all, interaction endpoints aside', async () => {
    const paths = Array.from({ length: 51 }, () => playground.send('GET', '/users/@me'));
    const answers = await Promise.all(paths);
    const [refused] = answers.filter(({ status }) => status === 429);
    expect(refused?.body.global).toBe(true);
    expect(refused?.headers.get('x-ratelimit-scope')).toBe('global');
    const exempt = await playground.send('POST', '/interactions/1/token/callback', { type: 5 });
    expect(exempt.status).toBe(404);
  });

  it('hold the real client back without a single 429', async () => {
    await start();
    const rest = new REST({ api: playground.url }).setToken(playground.token);
    const sends = Array.from({ length: 7 }, (_, index) =>
      rest.post(path, { body: { content: `${index}` } }),
    );
    await Promise.all(sends);
    expect(channel.messages().map(textOf)).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    expect(playground.ledger.count({ status: 429 })).toBe(0);
  });
});

describe('faults', () => {
  it('break the connection before anything was done', async () => {
    playground.faults.next({ kind: 'reset-before', route: 'POST' });
    await expect(say('lost')).rejects.toThrow();
    expect(channel.messages()).toEqual([]);
    expect((await say('next')).status).toBe(200);
  });

  it('break the connection after the message was taken', async () => {
    playground.faults.next({ kind: 'reset-after', route: /POST .*messages$/ });
    await expect(say('taken')).rejects.toThrow();
    expect(channel.messages().map(textOf)).toEqual(['taken']);
    expect(playground.ledger.find({ method: 'POST' }).at(-1)?.status).toBeUndefined();
  });

  it('refuse a message as a form that is wrong', async () => {
    playground.faults.next({ kind: '400', route: 'POST' });
    expect(await say('x')).toMatchObject({ status: 400, body: { code: 50035 } });
    expect(channel.messages()).toEqual([]);
  });

  it('answer with the page of a gateway after the message was taken', async () => {
    playground.faults.next({ kind: '502-after', route: 'POST' });
    await expect(say('taken')).rejects.toThrow(SyntaxError);
    expect(playground.ledger.count({ status: 502 })).toBe(1);
    expect(channel.messages().map(textOf)).toEqual(['taken']);
  });

  it('answer 500 and 429 as often as they are told', async () => {
    playground.faults.next({ kind: '500', count: 2 });
    playground.faults.next({ kind: '429', retryAfterMs: 1500 });
    expect((await say('x')).status).toBe(500);
    expect((await say('x')).status).toBe(500);
    expect(await say('x')).toMatchObject({ status: 429, body: { retry_after: 1.5 } });
    expect((await say('x')).status).toBe(200);
  });

  it('leave a request without an answer', async () => {
    playground.faults.next({ kind: 'hang', route: 'POST' });
    const controller = new AbortController();
    const hanging = fetch(`${playground.url}/v10${path}`, {
      method: 'POST',
      body: '{"content":"x"}',
      headers: { authorization: `Bot ${playground.token}`, 'content-type': 'application/json' },
      signal: controller.signal,
    });
    const outcome = hanging.then(
      () => 'answered',
      (error: Error) => error.name,
    );
    await expect.poll(() => playground.ledger.count({ method: 'POST' })).toBe(1);
    expect((await say('meanwhile')).status).toBe(200);
    controller.abort();
    expect(await outcome).toBe('AbortError');
    expect(channel.messages().map(textOf)).toEqual(['meanwhile']);
  });

  it('are survived by the real client: a 500 is tried again', async () => {
    playground.faults.next({ kind: '500', route: 'POST' });
    const rest = new REST({ api: playground.url }).setToken(playground.token);
    await rest.post(path, { body: { content: 'x' } });
    expect(playground.ledger.count({ method: 'POST' })).toBe(2);
  });
});

describe('the ledger and the events', () => {
  it('keep every request with its body and answer', async () => {
    await say('hello');
    const [entry] = playground.ledger.find({ route: '/channels/{channel_id}/messages' });
    expect(entry).toMatchObject({
      method: 'POST',
      status: 200,
      requestBody: { content: 'hello' },
      responseBody: { content: 'hello' },
    });
  });

  it('tell of messages, edits and deletions as they happen', async () => {
    const told: string[] = [];
    for (const name of ['message', 'edit', 'delete'] as const) {
      playground.events.on(name, (message) => told.push(`${name} ${textOf(message)}`));
    }
    const { body } = await say('one');
    await playground.send('PATCH', `${path}/${body.id}`, { content: 'two' });
    await playground.send('DELETE', `${path}/${body.id}`);
    expect(told).toEqual(['message one', 'edit two', 'delete two']);
  });
});
