import { afterEach, describe, expect, it } from 'vitest';
import { failureOf, inputImage, startRun } from '../../../contracts/backend-harness.js';
import type { Fault } from '../../../support/comfyui-faults.js';
import { generate, startPair } from './a1111-fixture.js';

let pair: Awaited<ReturnType<typeof startPair>> | undefined;
const open = async (...args: Parameters<typeof startPair>) => {
  pair = await startPair(...args);
  return pair;
};
afterEach(async () => {
  await pair?.close();
  pair = undefined;
});

const status = (code: number, json: object = {}, headers?: Record<string, string>): Fault => ({
  kind: 'status',
  status: code,
  body: JSON.stringify(json),
  ...(headers && { headers }),
});
const page: Fault = { kind: 'body', contentType: 'text/html', body: '<!doctype html><p>Sign in' };
const body = (json: object): Fault => ({
  kind: 'body',
  contentType: 'application/json',
  body: JSON.stringify(json),
});
const outOfMemory = { error: 'OutOfMemoryError', errors: 'CUDA out of memory.' };

describe('turns what the web UI answers into a class', () => {
  it.each<[string, Fault, object]>([
    ['out of memory', status(500, outOfMemory), { kind: 'transient', maxRetries: 1 }],
    ['422', status(422, { detail: [{ loc: ['body', 'steps'], msg: 'wrong' }] }), invalid()],
    ['400', status(400, { detail: 'Sampler not found' }), invalid()],
    ['no --api', status(404, { detail: 'Not Found' }), { kind: 'unavailable', retryable: false }],
    ['500', status(500), { kind: 'transient', retryable: true, billed: 'no' }],
    ['503', status(503), { kind: 'unavailable', retryable: true }],
    ['429', status(429, {}, { 'retry-after': '7' }), { kind: 'rate-limited', retryAfterMs: 7_000 }],
    ['401', status(401), { kind: 'unavailable', retryable: false }],
    ['a redirect', status(302, {}, { location: 'http://127.0.0.1:1/' }), { kind: 'unavailable' }],
    ['a page', page, { kind: 'unavailable' }],
    ['a reset', { kind: 'reset-after' }, { kind: 'transient', retryable: true }],
    ['half an answer', { kind: 'half' }, { kind: 'transient', retryable: true }],
    ['silence in mid-body', { kind: 'hang-in-body' }, { kind: 'transient', retryable: true }],
    ['an endless answer', { kind: 'endless' }, { kind: 'transient', retryable: true }],
    ['no image', body({ images: [], info: '' }), { kind: 'transient', maxRetries: 1 }],
    ['no base64', body({ images: ['<svg>'], info: '' }), { kind: 'transient', retryable: true }],
  ])('%s', async (_, fault, expected) => {
    const { server, backend } = await open({}, { maxAnswerBytes: 3_000_000 });
    server.fail('POST /sdapi/v1/txt2img', fault);
    expect(await failureOf(startRun(backend, generate).result)).toMatchObject(expected);
  });
});

function invalid() {
  return { kind: 'invalid-request', retryable: false };
}

it('refuses half a picture', async () => {
  const { server, backend } = await open();
  const { bytes } = await inputImage();
  const half = Buffer.from(bytes.subarray(0, 200)).toString('base64');
  server.fail('POST /sdapi/v1/txt2img', body({ images: [half], info: '{}' }));
  expect(await failureOf(startRun(backend, generate).result)).toMatchObject({ kind: 'transient' });
});

it('names the checkpoint that is missing, where the web UI would take another in silence', async () => {
  const { server, backend } = await open();
  const run = startRun(backend, { ...generate, model: 'nope.safetensors' });
  const failure = await failureOf(run.result);
  expect(failure).toMatchObject(invalid());
  expect(failure.userText).toContain('"nope.safetensors" is not installed');
  expect(server.submissions()).toBe(0);
});

it('asks for a checkpoint by name, and says nothing of the one that is loaded', async () => {
  const { server, backend } = await open();
  const [loaded, other] = await backend.models();
  expect(loaded?.name).toBe('tiny-sd15');
  await startRun(backend, generate).result;
  await startRun(backend, { ...generate, model: other?.id ?? '' }).result;
  expect(server.body(0).override_settings).toBeUndefined();
  expect(server.body(1).override_settings).toEqual({ sd_model_checkpoint: 'other.ckpt' });
});

it.each([false, true])(
  'lets users load networks of the server only where allowed: %s',
  async (live) => {
    const { server, backend } = await open({}, { livePromptSyntax: live });
    const prompt = 'a fox <lora:style:1> <<lora:hidden>lora:x:1> __secrets__';
    await startRun(backend, { ...generate, prompt, negative: '<hypernet:y:1>' }).result;
    expect(server.extraNetworks.length > 0).toBe(live);
    expect(String(server.body().prompt).includes('__')).toBe(live);
  },
);

it('logs in as the address says, and tells the operator where that is refused', async () => {
  const { server, backend, close } = await open({ login: 'ann:s3cret-canary' });
  const failure = await failureOf(startRun(backend, generate).result);
  expect(failure).toMatchObject({ kind: 'unavailable', retryable: false });
  expect(failure.operatorText).toContain('401');
  await close();
  const right = await open({ login: 'ann:s3cret-canary' });
  const url = right.server.url.replace('//', '//ann:s3cret-canary@');
  const { backendFor } = await import('./a1111-fixture.js');
  const known = backendFor({ url });
  expect((await startRun(known, generate).result).images).toHaveLength(1);
  await known.close();
  expect(server.url).not.toContain('canary');
});

it('enlarges by the best upscaler that the server has', async () => {
  const { server, backend } = await open();
  const image = await inputImage();
  const { images, model } = await startRun(backend, { ...generate, operation: 'upscale', image })
    .result;
  expect(images).toHaveLength(1);
  expect(model).toBe('R-ESRGAN 4x+');
  expect(server.body()).toMatchObject({ upscaling_resize: 2, upscaler_1: 'R-ESRGAN 4x+' });
});

it('takes a sampler by the name that an older server gives it', async () => {
  const { server, backend } = await open({ samplers: ['Euler a', 'DPM++ 2M Karras'] });
  server.fail('GET /sdapi/v1/schedulers', { kind: 'status', status: 404 });
  await startRun(backend, generate).result;
  expect(server.body()).toMatchObject({ sampler_name: 'DPM++ 2M Karras' });
  expect(server.body()).not.toHaveProperty('scheduler');
});
