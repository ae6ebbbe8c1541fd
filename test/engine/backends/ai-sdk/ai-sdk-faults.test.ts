import { afterEach, describe, expect, it } from 'vitest';
import { failureOf, inputImage, startRun } from '../../../contracts/backend-harness.js';
import type { Fault } from '../../../support/comfyui-faults.js';
import { generate, startPair } from './ai-sdk-fixture.js';

let pair: Awaited<ReturnType<typeof startPair>> | undefined;
afterEach(async () => {
  await pair?.close();
  pair = undefined;
});

const said = (status: number, message: string, headers?: Record<string, string>): Fault => ({
  kind: 'status',
  status,
  body: JSON.stringify({ error: { message } }),
  ...(headers && { headers }),
});
const page: Fault = { kind: 'body', contentType: 'text/html', body: '<!doctype html><p>Sign in' };

describe('turns what a provider answers into a class', () => {
  it.each<[string, Fault, object]>([
    ['a full quota', said(429, 'insufficient_quota'), { kind: 'quota' }],
    [
      '429',
      said(429, 'slow down', { 'retry-after': '7' }),
      { kind: 'rate-limited', retryAfterMs: 7_000 },
    ],
    ['402', said(402, 'pay'), { kind: 'quota' }],
    ['moderation', said(400, 'rejected by the safety system'), { kind: 'moderated' }],
    ['400', said(400, 'bad size'), { kind: 'invalid-request', retryable: false }],
    ['401', said(401, 'who'), { kind: 'unavailable', retryable: false, billed: 'no' }],
    ['500', said(500, 'oops'), { kind: 'transient', retryable: true, billed: 'no' }],
    ['503', said(503, 'starting'), { kind: 'unavailable', retryable: true }],
    [
      'a redirect',
      { kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      { kind: 'unavailable' },
    ],
    ['a page', page, { kind: 'unavailable', retryable: false, billed: 'unknown' }],
    [
      'a reset',
      { kind: 'reset-after' },
      { kind: 'transient', retryable: false, billed: 'unknown' },
    ],
    ['half an answer', { kind: 'half' }, { retryable: false, billed: 'unknown' }],
    ['an endless answer', { kind: 'endless' }, { retryable: false, billed: 'unknown' }],
  ])('%s', async (_, fault, expected) => {
    pair = await startPair();
    pair.server.fail('POST', fault);
    const failure = await failureOf(startRun(pair.backend, generate).result);
    expect(failure).toMatchObject(expected);
    expect(pair.server.submissions()).toBe(1);
  });
});

it('pays for an empty answer once, and asks for one repetition', async () => {
  pair = await startPair();
  pair.server.answerEmpty();
  const failure = await failureOf(startRun(pair.backend, generate).result);
  expect(failure).toMatchObject({ kind: 'transient', billed: 'yes', maxRetries: 1 });
  expect(pair.server.submissions()).toBe(1);
});

it('never repeats the key that a server says back', async () => {
  pair = await startPair();
  const { server, backend } = pair;
  server.fail('POST', said(401, `Incorrect API key provided: ${server.apiKey}`));
  const failure = await failureOf(startRun(backend, generate).result);
  const told = [failure.message, failure.userText, failure.operatorText, failure.stack].join();
  expect(told).not.toContain(server.apiKey);
});

it('sends an input image as bytes, and never as an address', async () => {
  pair = await startPair();
  const image = await inputImage();
  await startRun(pair.backend, { ...generate, operation: 'edit', image }).result;
  const [call] = pair.server.calls;
  expect(call?.path).toBe('/v1/images/edits');
  expect(call?.body.includes(Buffer.from(image.bytes))).toBe(true);
});
