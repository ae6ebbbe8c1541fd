import { inspect } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import type { BackendErrorDetails } from '../../../../src/engine/backends/backend-error.js';
import { createOpenAiBackend } from '../../../../src/engine/backends/openai/openai-backend.js';
import { failureOf, startRun } from '../../../contracts/backend-harness.js';
import type { Fault } from '../../../support/comfyui-faults.js';
import { startOpenAiServer } from '../../../support/openai-server.js';
import { makePicture } from '../../../support/pictures.js';
import { generate, startPair } from './openai-fixture.js';

type Pair = Awaited<ReturnType<typeof startPair>>;
let pair: Pair | undefined;
const open = async (...options: Parameters<typeof startPair>) => {
  pair = await startPair(...options);
  return pair;
};
afterEach(async () => {
  await pair?.close();
  pair = undefined;
});

const call = 'POST /v1/images';
const json = (value: unknown): Fault => ({
  kind: 'body',
  contentType: 'application/json',
  body: JSON.stringify(value),
});
const refusal = (status: number, error: object, headers: Record<string, string> = {}): Fault => ({
  kind: 'status',
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ error: { message: 'no', type: null, param: null, code: null, ...error } }),
});
const stream = (...events: object[]): Fault => ({
  kind: 'body',
  contentType: 'text/event-stream',
  body: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''),
});
const half = (await makePicture(64, 64, 'png', '#39c')).subarray(0, 60).toString('base64');
const unknownCost = { kind: 'transient', retryable: false, billed: 'unknown' } as const;

const cases: Record<string, [Fault, Partial<BackendErrorDetails>]> = {
  'too many requests, with the time to wait': [
    refusal(429, { code: 'rate_limit_exceeded' }, { 'retry-after': '7' }),
    { kind: 'rate-limited', retryable: true, retryAfterMs: 7000, billed: 'no' },
  ],
  'too many requests, to the millisecond': [
    refusal(429, { code: 'rate_limit_exceeded' }, { 'retry-after-ms': '1500' }),
    { kind: 'rate-limited', retryAfterMs: 1500 },
  ],
  'no money left': [
    refusal(429, { code: 'insufficient_quota', type: 'insufficient_quota' }),
    { kind: 'quota', operatorText: expect.stringContaining('no quota left') },
  ],
  'a budget that is used up': [
    refusal(400, { code: 'billing_hard_limit_reached' }),
    { kind: 'quota' },
  ],
  'a payment that is due': [refusal(402, {}), { kind: 'quota' }],
  moderation: [
    refusal(400, { code: 'moderation_blocked', type: 'image_generation_user_error' }),
    { kind: 'moderated', retryable: false, billed: 'no' },
  ],
  'moderation in the middle of a stream': [
    stream({ type: 'error', error: { code: 'moderation_blocked', message: 'safety' } }),
    { kind: 'moderated', retryable: false },
  ],
  'a failure in the middle of a stream': [
    stream({ type: 'error', error: { type: 'server_error', message: 'sorry' } }),
    { kind: 'transient', retryable: true },
  ],
  'a stream that ends without an image': [{ kind: 'half' }, unknownCost],
  'a defect of the service': [
    refusal(500, {}),
    { kind: 'transient', retryable: true, billed: 'no' },
  ],
  'a gateway that gave up, and says so in words of time': [
    { kind: 'status', status: 504, body: 'upstream request timeout' },
    { kind: 'transient', retryable: true },
  ],
  'a service that is not ready': [refusal(503, {}), { kind: 'unavailable', retryable: true }],
  'a wrong key': [
    refusal(401, { code: 'invalid_api_key' }),
    { kind: 'unavailable', retryable: false, operatorText: expect.stringContaining('API key') },
  ],
  'a country that is not served': [
    refusal(403, { code: 'unsupported_country_region_territory' }),
    { kind: 'unavailable', retryable: false, operatorText: expect.stringContaining('refuses us') },
  ],
  'a model that is not open to us': [
    refusal(404, { code: 'model_not_found', message: 'no gpt-image-9' }),
    { kind: 'unavailable', retryable: false, operatorText: expect.stringContaining('gpt-image-9') },
  ],
  'an image that is too large': [refusal(413, {}), { kind: 'invalid-request', retryable: false }],
  'a parameter that it does not take': [
    refusal(400, { code: 'invalid_value', param: 'size', message: 'Invalid size /etc/x' }),
    { kind: 'invalid-request', retryable: false, userText: expect.not.stringContaining('/etc') },
  ],
  'a web page': [
    { kind: 'body', contentType: 'text/html', body: '<!doctype html><title>Login</title>' },
    { kind: 'unavailable', operatorText: expect.stringContaining('web page') },
  ],
  'a web page that says it is JSON': [
    { kind: 'body', contentType: 'application/json', body: '<html>' },
    { kind: 'unavailable' },
  ],
  'half a JSON': [
    { kind: 'body', contentType: 'application/json', body: '{"data":[{"b64_json":"iVBO' },
    unknownCost,
  ],
  'JSON of another kind': [json({ hello: 'world' }), unknownCost],
  'an empty list': [json({ data: [] }), unknownCost],
  'addresses instead of images': [
    json({ data: [{ url: 'http://127.0.0.1:1/x.png' }] }),
    { ...unknownCost, operatorText: expect.stringContaining('addresses') },
  ],
  'half an image': [
    json({ data: [{ b64_json: half }] }),
    { kind: 'transient', retryable: false, billed: 'yes' },
  ],
  'no image': [
    json({ data: [{ b64_json: Buffer.from('hello').toString('base64') }] }),
    { kind: 'transient', retryable: false, billed: 'yes' },
  ],
  'no base64': [json({ data: [{ b64_json: '%%%%' }] }), { kind: 'transient', billed: 'yes' }],
  'an answer without end': [
    { kind: 'endless' },
    { ...unknownCost, operatorText: expect.stringContaining('cut off') },
  ],
  'a connection that breaks before the answer': [{ kind: 'reset-before' }, unknownCost],
  'a connection that breaks after the work': [{ kind: 'reset-after' }, unknownCost],
};

it.each(Object.entries(cases))(
  'tells its class of %s, and sends it once',
  async (_, [fault, is]) => {
    const { server, backend } = await open({ maxResponseBytes: 2_000_000 });
    server.fail(call, fault, 5);
    const failure = await failureOf(startRun(backend, generate).result);
    expect(failure).toMatchObject(is);
    expect(server.submissions()).toBe(1);
  },
);

it('follows no redirect, and sends its key nowhere else', async () => {
  const elsewhere = await startOpenAiServer();
  const { server, backend } = await open();
  const location = `${elsewhere.url}/images/generations`;
  for (const status of [302, 307]) {
    server.fail(call, { kind: 'status', status, headers: { location } });
    const failure = await failureOf(startRun(backend, generate).result);
    expect(failure).toMatchObject({ kind: 'unavailable' });
    expect(failure.operatorText).toContain('redirects');
  }
  expect(elsewhere.calls).toEqual([]);
  await elsewhere.close();
});

it.each(['hang', 'hang-in-body', 'hang-after'] as const)(
  'ends at an abort when the service does not go on: %s',
  async (kind) => {
    const { server, backend } = await open();
    server.fail(call, { kind });
    const run = startRun(backend, generate);
    await vi.waitFor(() => expect(server.submissions()).toBe(1), { timeout: 20_000 });
    run.abort('cancel');
    expect(await failureOf(run.result)).toMatchObject({ kind: 'cancelled' });
  },
);

it('closes the connection of a run that nobody wants any more', async () => {
  const { server, backend } = await open();
  server.hold();
  const run = startRun(backend, generate);
  await server.began();
  run.abort('cancel');
  await failureOf(run.result);
  await vi.waitFor(() => expect(server.abandoned()).toBe(1), { timeout: 20_000 });
});

it('says nothing of its key, whatever the service says back', async () => {
  const canary = 'sk-canary-wrong-key-42';
  const { server, backend } = await open({ apiKey: canary });
  server.fail(call, refusal(400, { message: `what is ${canary}?` }));
  server.fail(call, stream({ type: 'error', error: { message: `what is ${canary}?` } }));
  server.fail(call, { kind: 'body', contentType: 'text/html', body: `<html>${canary}</html>` });
  const attempts: Promise<unknown>[] = [backend.health(), backend.models()];
  for (let run = 0; run < 4; run++)
    attempts.push(startRun(backend, { ...generate, model: 'gpt-image-2' }).result as never);
  for (const attempt of attempts) {
    const failure = await failureOf(attempt);
    expect(inspect(failure, { depth: 20 })).not.toContain(canary);
  }
});

it('is well when the service has no list of models, or limits us', async () => {
  const { server, backend } = await open();
  server.fail('GET /v1/models', { kind: 'status', status: 404 });
  server.fail('GET /v1/models', refusal(429, { code: 'rate_limit_exceeded' }));
  await expect(backend.health()).resolves.toBeUndefined();
  await expect(backend.health()).resolves.toBeUndefined();
});

it('is not well with a wrong key, a page in its place, or nobody there', async () => {
  const { server, backend, close } = await open({ apiKey: 'sk-wrong-key' });
  expect(await failureOf(backend.health())).toMatchObject({
    kind: 'unavailable',
    retryable: false,
    operatorText: expect.stringContaining('API key'),
  });
  server.fail('GET /v1/models', { kind: 'body', contentType: 'text/html', body: '<html>' });
  expect((await failureOf(backend.health())).kind).toBe('unavailable');
  await close();
  const gone = createOpenAiBackend({ name: 'gone', url: server.url, apiKey: 'sk-wrong-key' });
  const failure = await failureOf(startRun(gone, { ...generate, model: 'gpt-image-2' }).result);
  expect(failure).toMatchObject({ kind: 'unavailable', retryable: true, billed: 'no' });
  await gone.close();
});
