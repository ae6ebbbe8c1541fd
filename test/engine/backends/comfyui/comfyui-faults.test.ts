import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  failureOf,
  inputImage,
  startResume,
  startRun,
} from '../../../contracts/backend-harness.js';
import type { Fault } from '../../../support/comfyui-faults.js';
import { backendFor, generate, startPair } from './comfyui-fixture.js';

const generous = { timeout: 20_000, interval: 10 };
let pair: Awaited<ReturnType<typeof startPair>> | undefined;
const open = async (...args: Parameters<typeof startPair>) => {
  pair = await startPair(...args);
  return pair;
};
afterEach(async () => {
  await pair?.close();
  pair = undefined;
});

const always = Number.POSITIVE_INFINITY;
const html = { kind: 'body', contentType: 'text/html', body: '<!doctype html><p>Sign in' } as const;
const status = (code: number, headers?: Record<string, string>): Fault => ({
  kind: 'status',
  status: code,
  ...(headers && { headers }),
});

describe('turns what the server answers to a submission into a class', () => {
  it.each([
    ['500', status(500), { kind: 'transient', retryable: true }],
    ['502', status(502), { kind: 'transient', retryable: true }],
    ['503', status(503), { kind: 'unavailable', retryable: true }],
    ['429', status(429, { 'retry-after': '7' }), { kind: 'rate-limited', retryAfterMs: 7_000 }],
    ['413', status(413), { kind: 'invalid-request', retryable: false }],
    ['401', status(401), { kind: 'unavailable', retryable: false }],
    ['403', status(403), { kind: 'unavailable', retryable: false }],
    ['a redirect', status(302, { location: 'http://127.0.0.1:1/' }), { kind: 'unavailable' }],
    ['a page', html, { kind: 'unavailable' }],
    ['400 without a reason', status(400), { kind: 'invalid-request', retryable: false }],
    [
      'garbage',
      { kind: 'body', contentType: 'application/json', body: '{"prompt_id":' },
      { kind: 'transient', retryable: true },
    ],
  ] as const)('%s', async (_, fault, expected) => {
    const { server, backend } = await open();
    server.fail('POST /prompt', fault, always);
    expect(await failureOf(startRun(backend, generate).result)).toMatchObject(expected);
  });
});

it('tells the operator, and not the user, why a proxy refuses it', async () => {
  const { server, backend } = await open({ requiredHeader: ['Authorization', 'Bearer secret'] });
  const failure = await failureOf(startRun(backend, generate).result);
  expect(failure).toMatchObject({ kind: 'unavailable', retryable: false });
  expect(failure.operatorText).toContain('401');
  expect(failure.userText).toBeUndefined();
  expect(failure.message).not.toContain(server.url);
  expect((await failureOf(backend.health())).kind).toBe('unavailable');
});

it('names the checkpoint that is missing, to the user and to the operator', async () => {
  const { backend } = await open();
  const run = startRun(backend, { ...generate, model: 'nope.safetensors' });
  const failure = await failureOf(run.result);
  expect(failure).toMatchObject({ kind: 'invalid-request', retryable: false });
  expect(failure.userText).toContain('"nope.safetensors" is not installed');
  expect(failure.operatorText).toContain('nope.safetensors');
  expect(failure.operatorText).toContain('CheckpointLoaderSimple');
});

it('fails when the server drops outputs of the graph, and takes the rest back', async () => {
  const { server, backend } = await open();
  const node_errors = {
    '9': { errors: [{ type: 'x', message: 'Bad', details: 'd' }], class_type: 'SaveImage' },
  };
  const body = JSON.stringify({ prompt_id: 'x', number: 1, node_errors });
  server.fail('POST /prompt', { kind: 'body', contentType: 'application/json', body });
  const failure = await failureOf(startRun(backend, generate).result);
  expect(failure).toMatchObject({ kind: 'invalid-request', retryable: false });
  expect(failure.operatorText).toContain('SaveImage');
});

it('reports a server without checkpoints to the operator', async () => {
  const { backend } = await open({ checkpoints: [] });
  const failure = await failureOf(backend.models());
  expect(failure).toMatchObject({ kind: 'unavailable', retryable: false });
  expect(failure.operatorText).toContain('no checkpoint');
});

it.each([
  ['torch.OutOfMemoryError', 'Allocation on device'],
  ['RuntimeError', "DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes."],
  ['torch.cuda.OutOfMemoryError', 'CUDA out of memory. Tried to allocate 2.00 GiB'],
])('sends a run that ran out of memory (%s) once more at most', async (type, message) => {
  const { server, backend } = await open();
  server.execution.failNext({ exception_type: type, exception_message: message });
  const failure = await failureOf(startRun(backend, generate).result);
  expect(failure).toMatchObject({ kind: 'transient', retryable: true, maxRetries: 1 });
  expect(failure.userText).toContain('out of memory');
});

it('tells the operator which node failed, and the user no path', async () => {
  const { server, backend } = await open();
  server.execution.failNext({
    exception_type: 'FileNotFoundError',
    exception_message: 'No such file: /srv/comfyui/models/x at 10.1.2.3',
  });
  const failure = await failureOf(startRun(backend, generate).result);
  expect(failure).toMatchObject({ kind: 'transient', maxRetries: 1 });
  expect(failure.operatorText).toContain('FileNotFoundError');
  expect(failure.userText).not.toMatch(/srv|10\.1/);
});

describe('never runs twice what may have arrived', () => {
  it('finds the run when the answer to its submission was lost', async () => {
    const { server, backend } = await open();
    server.fail('POST /prompt', { kind: 'reset-after' });
    expect((await startRun(backend, generate).result).images).toHaveLength(1);
    expect(server.submissions()).toBe(1);
  });

  it.each(['reset-after', 'hang-after'] as const)(
    'finds it by its client on a version that gives runs ids of its own: %s',
    async (kind) => {
      const { server, backend } = await open({ version: 'old' }, { timings: { submitMs: 1_500 } });
      server.fail('POST /prompt', { kind });
      const run = startRun(backend, generate);
      expect((await run.result).images).toHaveLength(1);
      expect(server.submissions()).toBe(1);
      const [id] = Object.keys(server.execution.history);
      expect(run.handles.at(-1)?.promptId).toBe(id);
    },
  );

  it('takes it up on such a version though its id was never told', async () => {
    const { server, backend } = await open({ version: 'old' });
    server.execution.hold();
    const run = startRun(backend, generate);
    await server.began();
    run.abort('detach');
    await failureOf(run.result);
    // As recorded before the submission left: the crash came between it and its answer.
    const [early = {}] = run.handles;
    const running = startResume(backend, early, generate);
    await vi.waitFor(() => expect(running.handles).toHaveLength(1), { timeout: 20_000 });
    server.execution.release();
    expect((await running.result).images).toHaveLength(1);
    expect((await startResume(backend, early, generate).result).images).toHaveLength(1);
    expect(server.submissions()).toBe(1);
  });

  it('cancels it on such a version by its client, and no other run', async () => {
    const { server, backend } = await open({ version: 'old' });
    server.execution.hold();
    const foreign = startRun(backend, { ...generate, runKey: 'task-2', seed: 77 });
    await server.began();
    const run = startRun(backend, generate);
    await vi.waitFor(() => expect(server.execution.pending).toHaveLength(1), { timeout: 20_000 });
    run.abort('detach');
    await failureOf(run.result);
    await backend.cancel(run.handles[0] ?? {});
    expect(server.execution.pending).toHaveLength(0);
    server.execution.release();
    expect((await foreign.result).images).toHaveLength(1);
  });

  it('finds it too when the answer is garbage, or a proxy gave up waiting', async () => {
    const { server, backend } = await open();
    for (const code of [500, 504]) {
      server.fail('POST /prompt', { kind: 'replace', status: code });
      await startRun(backend, { ...generate, seed: code }).result;
    }
    expect(server.submissions()).toBe(2);
  });

  it('finds it when the server hangs after it took it', async () => {
    const { server, backend } = await open({}, { timings: { submitMs: 200 } });
    server.fail('POST /prompt', { kind: 'hang-after' });
    expect((await startRun(backend, generate).result).images).toHaveLength(1);
    expect(server.submissions()).toBe(1);
  });

  it('leaves it to the engine to send it again when the server never saw it', async () => {
    const { server, backend } = await open();
    server.fail('POST /prompt', { kind: 'reset-before' });
    const failure = await failureOf(startRun(backend, generate).result);
    expect(failure).toMatchObject({ kind: 'transient', retryable: true, billed: 'no' });
    expect(server.submissions()).toBe(1);
  });
});

it('says that a run is forgotten when the server restarts in the middle of it', async () => {
  const { server, backend } = await open();
  server.execution.hold();
  const run = startRun(backend, generate);
  await server.began();
  server.restart();
  const expected = { kind: 'transient', retryable: true, forgotten: true };
  expect(await failureOf(run.result)).toMatchObject(expected);
  const resumed = startResume(backend, run.handles[0] ?? {}, generate);
  expect(await failureOf(resumed.result)).toMatchObject(expected);
  expect(server.submissions()).toBe(1);
});

it.each([
  ['refuses connections', async (server: { close(): Promise<void> }) => server.close()],
  ['hangs', async (server: { fail: typeof fail }) => server.fail('', { kind: 'hang' }, always)],
  [
    'hangs in mid-body',
    async (server: { fail: typeof fail }) => server.fail('', { kind: 'hang-in-body' }, always),
  ],
  ['answers 500', async (server: { fail: typeof fail }) => server.fail('', status(500), always)],
  ['answers pages', async (server: { fail: typeof fail }) => server.fail('', html, always)],
])('gives a run up as unavailable when its server %s', async (_, break_) => {
  const timings = { unreachableMs: 600, callMs: 300 };
  const { server, backend } = await open({}, { timings });
  server.execution.hold();
  const run = startRun(backend, generate);
  await server.began();
  server.dropSockets();
  await break_(server as never);
  expect(await failureOf(run.result)).toMatchObject({ kind: 'unavailable', retryable: true });
});
declare function fail(call: string, fault: Fault, times?: number): void;

it('lives through a short failure of the server in the middle of a run', async () => {
  const { server, backend } = await open();
  server.execution.hold();
  const run = startRun(backend, generate);
  await server.began();
  server.fail('GET /history', status(502), 3);
  server.fail('GET /queue', { kind: 'reset-before' }, 3);
  server.dropSockets();
  await vi.waitFor(() => expect(server.countOf(/GET \/history/)).toBeGreaterThan(8), generous);
  server.execution.release();
  expect((await run.result).images).toHaveLength(1);
  expect(server.submissions()).toBe(1);
});

describe('takes no image but a whole one', () => {
  it('fetches it again when it came in half', async () => {
    const { server, backend } = await open();
    server.fail('GET /view', { kind: 'half' });
    expect((await startRun(backend, generate).result).images).toHaveLength(1);
    expect(server.submissions()).toBe(1);
  });

  it.each([
    ['half a PNG', { kind: 'half' }],
    ['a page', html],
    ['nothing', { kind: 'body', contentType: 'image/png', body: '' }],
    ['a missing file', status(404)],
    ['an endless body', { kind: 'endless' }],
    ['a hang in mid-body', { kind: 'hang-in-body' }],
  ] as const)('fails for %s', async (_, fault) => {
    const timings = { idleMs: 100 };
    const { server, backend } = await open({}, { maxImageBytes: 1_000_000, timings });
    server.fail('GET /view', fault, always);
    const failure = await failureOf(startRun(backend, generate).result);
    expect(failure.retryable).toBe(true);
    expect(['transient', 'unavailable']).toContain(failure.kind);
  });
});

it('fails a refused upload before anything is submitted', async () => {
  const { server, backend } = await open();
  server.fail('POST /upload/image', status(413));
  const run = startRun(backend, { ...generate, operation: 'edit', image: await inputImage() });
  expect(await failureOf(run.result)).toMatchObject({ kind: 'invalid-request' });
  expect(server.submissions()).toBe(0);
});

it('does not follow a redirect', async () => {
  let visits = 0;
  const elsewhere = createServer((_, response) => {
    visits++;
    response.end('{}');
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const { port } = elsewhere.address() as AddressInfo;
  const { server, backend } = await open({}, { headers: { 'x-key': 'secret' } });
  server.fail('GET /system_stats', status(302, { location: `http://127.0.0.1:${port}/` }));
  expect((await failureOf(backend.health())).kind).toBe('unavailable');
  expect(visits).toBe(0);
  await new Promise((resolve) => elsewhere.close(resolve));
});

it('says within its own time that a hanging server is not well', async () => {
  const { server, backend } = await open({}, { timings: { healthMs: 100 } });
  server.fail('GET /system_stats', { kind: 'hang' });
  expect((await failureOf(backend.health())).kind).toBe('unavailable');
});

it('says that a name that does not resolve is unavailable', async () => {
  const lost = backendFor({ url: 'http://comfyui.invalid:8188' });
  expect(await failureOf(lost.models())).toMatchObject({ kind: 'unavailable', retryable: true });
  await lost.close();
});
