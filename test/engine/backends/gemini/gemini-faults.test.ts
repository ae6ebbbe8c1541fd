import { inspect } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import type { BackendErrorDetails } from '../../../../src/engine/backends/backend-error.js';
import { failureOf, startRun } from '../../../contracts/backend-harness.js';
import type { Fault } from '../../../support/comfyui-faults.js';
import { makePicture } from '../../../support/pictures.js';
import { generate, startPair } from './gemini-fixture.js';

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

const call = 'POST /v1beta/models';
const refusal = (code: number, status: string, message = 'no', details?: object[]): Fault => ({
  kind: 'status',
  status: code,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ error: { code, status, message, ...(details && { details }) } }),
});
const quota = (quotaId: string, retryDelay?: string) =>
  refusal(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota', [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] },
    ...(retryDelay ? [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }] : []),
  ]);
const unknownCost = { kind: 'transient', retryable: false, billed: 'unknown' } as const;
/** 21:30 in California. */
const evening = new Date('2026-11-23T05:30:00Z');

const refusals: Record<string, [Fault, Partial<BackendErrorDetails>]> = {
  'too many requests a minute': [
    quota('GenerateRequestsPerMinutePerProjectPerModel', '34.5s'),
    { kind: 'rate-limited', retryable: true, retryAfterMs: 34_500 },
  ],
  'too many requests, with the time in a header alone': [
    { kind: 'status', status: 429, headers: { 'retry-after': '3' }, body: '' },
    { kind: 'rate-limited', retryAfterMs: 3_000 },
  ],
  'a day’s quota that is used up': [
    quota('GenerateRequestsPerDayPerProjectPerModel', '12s'),
    { kind: 'quota', retryAfterMs: 2.5 * 60 * 60 * 1000 },
  ],
  'a key that is wrong': [
    refusal(400, 'INVALID_ARGUMENT', 'API key not valid.', [{ reason: 'API_KEY_INVALID' }]),
    { kind: 'unavailable', retryable: false, operatorText: expect.stringContaining('key') },
  ],
  'a key without the right': [
    refusal(403, 'PERMISSION_DENIED', 'no access'),
    { kind: 'unavailable', retryable: false, operatorText: expect.any(String) },
  ],
  'a model that is not there': [
    refusal(404, 'NOT_FOUND', 'models/gemini-9 is not found'),
    { kind: 'unavailable', retryable: false, operatorText: expect.stringContaining('gemini-9') },
  ],
  'a place that is not served': [
    refusal(400, 'FAILED_PRECONDITION', 'User location is not supported'),
    { kind: 'unavailable', retryable: false, operatorText: expect.stringContaining('location') },
  ],
  'an argument that it does not take': [
    refusal(400, 'INVALID_ARGUMENT', 'Unable to process input image'),
    { kind: 'invalid-request', userText: expect.stringContaining('Unable to process') },
  ],
  'an overloaded model': [refusal(503, 'UNAVAILABLE'), { kind: 'unavailable', retryable: true }],
  'a defect of the service': [
    refusal(500, 'INTERNAL'),
    { kind: 'transient', retryable: true, billed: 'no' },
  ],
  'a deadline of its own': [refusal(504, 'DEADLINE_EXCEEDED'), { kind: 'transient' }],
  'a web page': [
    { kind: 'body', contentType: 'text/html', body: '<!doctype html>' },
    { kind: 'unavailable', operatorText: expect.stringContaining('web page') },
  ],
  'a redirect': [
    { kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/' } },
    { kind: 'unavailable', operatorText: expect.stringContaining('redirects') },
  ],
  'half an answer': [{ kind: 'half' }, unknownCost],
  'an answer without end': [{ kind: 'endless' }, unknownCost],
  'a connection that breaks before the answer': [{ kind: 'reset-before' }, unknownCost],
  'a connection that breaks after the work': [{ kind: 'reset-after' }, unknownCost],
};

it.each(Object.entries(refusals))(
  'tells its class of %s, and sends it once',
  async (_, [fault, is]) => {
    const { server, backend } = await open({ maxResponseBytes: 2_000_000, now: () => evening });
    server.fail(call, fault, 5);
    const failure = await failureOf(startRun(backend, generate).result);
    expect(failure).toMatchObject(is);
    expect(server.submissions()).toBe(1);
  },
);

const finished = (finishReason: string, parts: object[] = []) => ({
  candidates: [{ finishReason, content: { role: 'model', parts } }],
});
const half = (await makePicture(64, 64, 'png', '#39c')).subarray(0, 60).toString('base64');
const once = { kind: 'transient', retryable: true, billed: 'yes', maxRetries: 1 } as const;
const moderated = { kind: 'moderated', retryable: false } as const;

const answers: Record<string, [object, Partial<BackendErrorDetails>]> = {
  'a blocked prompt': [{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }, moderated],
  'a prompt blocked for other reasons': [{ promptFeedback: { blockReason: 'OTHER' } }, moderated],
  SAFETY: [finished('SAFETY'), moderated],
  IMAGE_SAFETY: [{ candidates: [{ finishReason: 'IMAGE_SAFETY' }] }, moderated],
  PROHIBITED_CONTENT: [finished('PROHIBITED_CONTENT'), moderated],
  RECITATION: [finished('RECITATION'), moderated],
  NO_IMAGE: [finished('NO_IMAGE'), once],
  IMAGE_OTHER: [finished('IMAGE_OTHER'), once],
  'words alone': [
    finished('STOP', [{ text: 'I cannot draw @everyone.' }]),
    { ...once, userText: expect.stringContaining('I cannot draw everyone') },
  ],
  'no candidates': [{ candidates: [] }, once],
  'half an image': [
    finished('STOP', [{ inlineData: { mimeType: 'image/png', data: half } }]),
    { kind: 'transient', retryable: false, billed: 'yes' },
  ],
  'what is no image': [
    finished('STOP', [{ inlineData: { mimeType: 'image/png', data: 'aGVsbG8=' } }]),
    { kind: 'transient', retryable: false, billed: 'yes' },
  ],
  'an answer of another kind': [{ candidates: 'none' }, { kind: 'transient', retryable: false }],
};

it.each(Object.entries(answers))(
  'tells its class of a good answer with %s',
  async (_, [answer, is]) => {
    const { server, backend } = await open();
    server.script(answer);
    expect(await failureOf(startRun(backend, generate).result)).toMatchObject(is);
    expect(server.submissions()).toBe(1);
  },
);

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

it('sends no call of a run that was given up while it waited for its turn', async () => {
  const { server, backend } = await open({ parallelCalls: 1 });
  server.hold();
  const run = startRun(backend, { ...generate, count: 3 });
  await server.began();
  run.abort('cancel');
  await failureOf(run.result);
  await vi.waitFor(() => expect(server.abandoned()).toBe(1), { timeout: 20_000 });
  server.release();
  await startRun(backend, generate).result;
  expect(server.submissions()).toBe(2);
});

it('says nothing of its key, whatever the service says back', async () => {
  const canary = 'AIza-canary-wrong-key-42';
  const { server, backend } = await open({ apiKey: canary });
  server.fail(call, refusal(400, 'INVALID_ARGUMENT', `what is ${canary}?`));
  server.fail(call, { kind: 'body', contentType: 'text/html', body: `<html>${canary}</html>` });
  const attempts: Promise<unknown>[] = [backend.health(), backend.models()];
  for (let run = 0; run < 3; run++) {
    attempts.push(startRun(backend, { ...generate, model: 'gemini-3-pro-image' }).result);
  }
  for (const attempt of attempts) {
    const failure = await failureOf(attempt);
    expect(inspect(failure, { depth: 20 })).not.toContain(canary);
  }
});

it('is not well with a wrong key, and well where there is no list', async () => {
  const { server, backend } = await open({ apiKey: 'AIza-wrong-key' });
  expect(await failureOf(backend.health())).toMatchObject({
    kind: 'unavailable',
    retryable: false,
    operatorText: expect.stringContaining('key'),
  });
  server.fail('GET /v1beta/models', { kind: 'status', status: 404 });
  await expect(backend.health()).resolves.toBeUndefined();
});
