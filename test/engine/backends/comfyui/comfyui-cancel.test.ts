import { afterEach, describe, expect, it, vi } from 'vitest';
import { failureOf, startRun } from '../../../contracts/backend-harness.js';
import { generate, startPair } from './comfyui-fixture.js';

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

const other = { ...generate, runKey: 'task-2', seed: 77 };

describe.each(['old', '0.3.64', 'new'] as const)('on ComfyUI %s', (version) => {
  it('stops its own run', async () => {
    const { server, backend } = await open({ version });
    server.execution.hold();
    const run = startRun(backend, generate);
    await server.began();
    run.abort('cancel');
    expect(await failureOf(run.result)).toMatchObject({ kind: 'cancelled', retryable: false });
    await vi.waitFor(() => expect(server.execution.running).toBeUndefined(), generous);
  });

  it('takes a waiting run from the queue and leaves the running one alone', async () => {
    const { server, backend } = await open({ version });
    server.execution.hold();
    const foreign = startRun(backend, other);
    await server.began();
    const run = startRun(backend, generate);
    await vi.waitFor(() => expect(server.execution.pending).toHaveLength(1), generous);
    run.abort('cancel');
    expect((await failureOf(run.result)).kind).toBe('cancelled');
    expect(server.execution.pending).toHaveLength(0);
    server.execution.release();
    expect((await foreign.result).images).toHaveLength(1);
  });

  it('interrupts nothing for an orphan that has ended while another runs', async () => {
    const { server, backend } = await open({ version });
    const ended = startRun(backend, generate);
    await ended.result;
    server.execution.hold();
    const foreign = startRun(backend, other);
    await server.began();
    await backend.cancel(ended.handles.at(-1) ?? {});
    expect(server.countOf(/interrupt/)).toBe(0);
    server.execution.release();
    expect((await foreign.result).images).toHaveLength(1);
  });

  it('stops an orphan by its handle', async () => {
    const { server, backend } = await open({ version });
    server.execution.hold();
    const run = startRun(backend, generate);
    await server.began();
    run.abort('detach');
    await failureOf(run.result);
    expect(server.stops()).toBe(0);
    await backend.cancel(run.handles.at(-1) ?? {});
    await vi.waitFor(() => expect(server.execution.running).toBeUndefined(), generous);
  });
});

it('cancels a run whose submission is still on its way', async () => {
  const { server, backend } = await open();
  server.execution.hold();
  server.fail('POST /prompt', { kind: 'hold' });
  const run = startRun(backend, generate);
  await vi.waitFor(() => expect(server.submissions()).toBe(1), generous);
  run.abort('cancel');
  server.letGo();
  expect((await failureOf(run.result)).kind).toBe('cancelled');
  await vi.waitFor(() => expect(server.execution.running).toBeUndefined(), generous);
  expect(server.stops()).toBeGreaterThan(0);
});

it('asks again when an interrupt was lost', async () => {
  const { server, backend } = await open();
  server.execution.hold();
  const run = startRun(backend, generate);
  await server.began();
  server.fail('POST /interrupt', { kind: 'status', status: 200 });
  run.abort('cancel');
  expect((await failureOf(run.result)).kind).toBe('cancelled');
  expect(server.execution.running).toBeUndefined();
  expect(server.countOf(/interrupt/)).toBe(2);
});

it('says of a run that somebody else interrupted that it was stopped at the server', async () => {
  const { server, backend } = await open();
  server.execution.hold();
  const run = startRun(backend, generate);
  await server.began();
  server.execution.interrupt();
  expect(await failureOf(run.result)).toMatchObject({
    kind: 'cancelled',
    retryable: false,
    userText: 'it was stopped at the image server',
  });
  expect(server.stops()).toBe(0);
});

it('is cancelled also when the server cannot be told', async () => {
  const { server, backend } = await open({}, { timings: { cancelMs: 100 } });
  server.execution.hold();
  const run = startRun(backend, generate);
  await server.began();
  server.fail('', { kind: 'reset-before' }, 1_000);
  run.abort('cancel');
  expect((await failureOf(run.result)).kind).toBe('cancelled');
});
