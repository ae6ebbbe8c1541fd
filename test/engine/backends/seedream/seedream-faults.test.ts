import { afterEach, describe, expect, it } from 'vitest';
import { failureOf, inputImage, startRun } from '../../../contracts/backend-harness.js';
import type { Fault } from '../../../support/comfyui-faults.js';
import { generate, startPair } from './seedream-fixture.js';

let pair: Awaited<ReturnType<typeof startPair>> | undefined;
const open = async (...args: Parameters<typeof startPair>) => {
  pair = await startPair(...args);
  return pair;
};
afterEach(async () => {
  await pair?.close();
  pair = undefined;
});

describe('turns the codes of the service into classes', () => {
  it.each<[number, string, object]>([
    [400, 'InputTextSensitiveContentDetected', { kind: 'moderated', retryable: false }],
    [400, 'OutputImageSensitiveContentDetected.PolicyViolation', { kind: 'moderated' }],
    [400, 'InputImageRiskDetection', { kind: 'moderated' }],
    [403, 'AccountOverdueError', { kind: 'quota' }],
    [429, 'QuotaExceeded', { kind: 'quota', retryAfterMs: 7_000 }],
    [429, 'SetLimitExceeded', { kind: 'quota' }],
    [429, 'RateLimitExceeded.EndpointRPMExceeded', { kind: 'rate-limited', retryAfterMs: 7_000 }],
    [429, 'RequestBurstTooFast', { kind: 'rate-limited' }],
    [429, 'ServerOverloaded', { kind: 'transient', retryable: true, billed: 'no' }],
    [500, 'InternalServiceError', { kind: 'transient', retryable: true }],
    [404, 'ModelNotOpen', { kind: 'unavailable', retryable: false }],
    [401, 'AuthenticationError', { kind: 'unavailable', retryable: false }],
    [400, 'InvalidParameter', { kind: 'invalid-request', retryable: false }],
    [413, 'TooLarge', { kind: 'invalid-request', retryable: false }],
  ])('%s %s', async (status, code, expected) => {
    const { server, backend } = await open({}, { models: ['ep-20260101-abcde'] });
    server.failNext(status, code, 'no reason', { 'retry-after': '7' });
    expect(await failureOf(startRun(backend, generate).result)).toMatchObject(expected);
    expect(server.submissions()).toBe(1);
  });
});

it('reads a refusal whose words and codes hold a key that is only a letter', async () => {
  const { server, backend } = await open({ apiKey: 'e' }, { models: ['ep-20260101-abcde'] });
  server.failNext(403, 'AccountOverdueError', 'pay first');
  expect(await failureOf(startRun(backend, generate).result)).toMatchObject({ kind: 'quota' });
});

describe('does not repeat what may have been billed', () => {
  const unknown = { retryable: false, billed: 'unknown' };
  it.each<[string, Fault]>([
    ['a reset', { kind: 'reset-after' }],
    ['silence in mid-body', { kind: 'hang-in-body' }],
    ['an endless answer', { kind: 'endless' }],
    ['a page', { kind: 'body', contentType: 'text/html', body: '<!doctype html>' }],
    ['garbage', { kind: 'body', contentType: 'application/json', body: '{"data":' }],
  ])('%s', async (_, fault) => {
    const { server, backend } = await open({ streams: false }, { maxAnswerBytes: 3_000_000 });
    server.fail('POST', fault);
    expect(await failureOf(startRun(backend, generate).result)).toMatchObject(unknown);
  });

  it('half an image', async () => {
    const { server, backend } = await open();
    server.script({ kind: 'half-image' });
    const failure = await failureOf(startRun(backend, generate).result);
    expect(failure).toMatchObject({ kind: 'transient', retryable: false, billed: 'yes' });
  });
});

const moderated = { code: 'OutputImageSensitiveContentDetected', message: 'no' };

describe.each([true, false])('a set, where the service streams: %s', (streams) => {
  it('keeps the images that succeeded, and tells of the others', async () => {
    const { server, backend } = await open({ streams });
    server.script({ kind: 'items', errors: { 1: moderated } });
    const result = await startRun(backend, { ...generate, count: 4 }).result;
    expect(result.images).toHaveLength(3);
    expect(result.failures?.map(({ kind }) => kind)).toEqual(['moderated']);
    expect(server.body()).toMatchObject({
      sequential_image_generation: 'auto',
      sequential_image_generation_options: { max_images: 4 },
    });
  });

  it('fails by the reason of its images where none succeeded', async () => {
    const { server, backend } = await open({ streams });
    server.script({ kind: 'items', errors: { 0: moderated, 1: moderated } });
    const failure = await failureOf(startRun(backend, { ...generate, count: 2 }).result);
    expect(failure).toMatchObject({ kind: 'moderated', billed: 'no' });
  });
});

it('keeps what came before the stream broke off', async () => {
  const { server, backend } = await open();
  server.script({ kind: 'cut-after', images: 2 });
  const result = await startRun(backend, { ...generate, count: 4 }).result;
  expect(result.images).toHaveLength(2);
  expect(result.failures?.[0]).toMatchObject({ retryable: false, billed: 'unknown' });
});

it('never repeats its key, though the service does', async () => {
  const { server, backend } = await open({}, { apiKey: 'ark-wrong-canary-0123456789' });
  const failure = await failureOf(startRun(backend, generate).result);
  expect(failure).toMatchObject({ kind: 'unavailable', retryable: false });
  const told = [failure.message, failure.userText, failure.operatorText, failure.stack].join();
  expect(told).not.toContain('canary');
  expect(server.submissions()).toBe(1);
});

it('finds a model under the spelling of the other of the two services', async () => {
  const { backend } = await open({ models: ['seedream-5-0-260128'] });
  expect((await startRun(backend, generate).result).model).toBe('seedream-5.0');
});

it('sends input images as data, the main one first', async () => {
  const { server, backend } = await open();
  const image = await inputImage();
  const edit = { ...generate, operation: 'edit', image, references: [image, image] } as const;
  await startRun(backend, edit).result;
  const sent = server.body().image as string[];
  expect(sent).toHaveLength(3);
  expect(sent.every((each) => each.startsWith('data:image/png;base64,'))).toBe(true);
});
