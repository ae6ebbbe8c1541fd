import { afterEach, describe, expect, it, vi } from 'vitest';
import { failureOf, startRun } from '../../../contracts/backend-harness.js';
import { backendFor, generate, startPair } from './a1111-fixture.js';

const generous = { timeout: 20_000, interval: 5 };
let pair: Awaited<ReturnType<typeof startPair>> | undefined;
const open = async (...args: Parameters<typeof startPair>) => {
  pair = await startPair(...args);
  return pair;
};
afterEach(async () => {
  await pair?.close();
  pair = undefined;
});

describe.each(['internal', 'named', 'nameless'] as const)(
  'with progress of kind %s',
  (progress) => {
    it('interrupts its own run, and takes the half image for a cancel', async () => {
      const { server, backend } = await open({ progress });
      server.hold();
      const run = startRun(backend, generate);
      await server.began();
      run.abort('cancel');
      expect((await failureOf(run.result)).kind).toBe('cancelled');
      expect(server.interrupted.map(({ isForeign }) => isForeign)).toEqual([false]);
    });

    it('takes half an image for a stop where somebody interrupts it in the web UI', async () => {
      const { server, backend } = await open({ progress });
      server.hold();
      const run = startRun(backend, generate);
      await server.began();
      await fetch(`${server.url}/sdapi/v1/interrupt`, { method: 'POST' });
      const failure = await failureOf(run.result);
      expect(failure).toMatchObject({ kind: 'cancelled', retryable: false });
      expect(failure.userText).toContain('stopped');
    });

    it('never stops what somebody else began before', async () => {
      const { server, backend } = await open({ progress }, { timings: { cancelMs: 100 } });
      server.hold();
      server.beginForeign();
      const run = startRun(backend, generate);
      await vi.waitFor(() => expect(server.waiting()).toBe(1), generous);
      run.abort('cancel');
      expect((await failureOf(run.result)).kind).toBe('cancelled');
      expect(server.stops()).toBe(0);
      expect(server.current()?.isForeign).toBe(true);
    });

    it('shows nobody the preview of somebody else', async () => {
      const { server, backend } = await open({ progress }, { timings: { waitingMs: 0 } });
      server.hold();
      server.beginForeign();
      const run = startRun(backend, generate);
      const asked = () => server.countOf(/progress/);
      await vi.waitFor(() => expect(server.waiting()).toBe(1), generous);
      const before = asked();
      await vi.waitFor(() => expect(asked()).toBeGreaterThan(before + 3), generous);
      expect(run.progress.filter(({ preview, fraction }) => preview || fraction > 0)).toEqual([]);
      server.release();
      expect((await run.result).images).toHaveLength(1);
    });
  },
);

it('stops a cancelled run when its turn comes, after the run before it', async () => {
  const { server, backend } = await open({}, { timings: { cancelMs: 100 } });
  server.hold();
  server.beginForeign();
  const run = startRun(backend, generate);
  await vi.waitFor(() => expect(server.waiting()).toBe(1), generous);
  run.abort('cancel');
  await failureOf(run.result);
  expect(server.stops()).toBe(0);
  // The foreign run goes on to its end; ours begins, and is held at its first step.
  server.releaseCurrent();
  await vi.waitFor(
    () => expect(server.interrupted.map(({ isForeign }) => isForeign)).toEqual([false]),
    generous,
  );
});

it('stops the run of a process that died, by its handle', async () => {
  const { server, backend } = await open();
  server.hold();
  const run = startRun(backend, generate);
  await server.began();
  run.abort('detach');
  await failureOf(run.result);
  expect(server.stops()).toBe(0);
  const successor = backendFor(server);
  await successor.cancel(run.handles.at(-1) ?? {});
  await vi.waitFor(() => expect(server.interrupted).toHaveLength(1), generous);
  await successor.close();
});
