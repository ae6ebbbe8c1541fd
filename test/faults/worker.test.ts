import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type FaultStudio,
  type FaultStudioOptions,
  faultPatience,
  generous,
  openFaultStudio,
} from '../support/fault-studio.js';
import { judge } from '../support/invariants.js';

vi.setConfig({ testTimeout: 240_000 });

let faults: FaultStudio | undefined;
const open = async (options?: FaultStudioOptions) => {
  faults = await openFaultStudio(options);
  return faults;
};
afterEach(() => faults?.close());

describe('a worker that is killed', () => {
  it('loses nothing and repeats nothing: what waited, ran, and had just ended at the backend', async () => {
    const { backend, ask, start, ended, evidence } = await open({ concurrency: 3 });
    const easel = await start();
    backend.fail('GET /view', { kind: 'hang' });
    await ask(1);
    await vi.waitFor(() => expect(backend.countOf(/^GET \/view/)).toBe(1), faultPatience);
    backend.execution.hold();
    for (const person of [2, 3, 4, 5]) await ask(person);
    await vi.waitFor(() => expect(backend.submissions()).toBe(3), faultPatience);

    await easel.end('SIGKILL');
    backend.execution.release();
    await start();
    await ended();
    expect(judge(evidence(), { ...generous, submissions: 1 })).toEqual([]);
    expect(backend.stops()).toBe(0);
  });
});

describe('a worker that was frozen beyond its lease', () => {
  it('changes nothing when it goes on, even with a result in its hands', async () => {
    const { backend, ask, spawn, ended, evidence } = await open({ withRedis: true });
    const bot = spawn({ EASEL_ROLES: 'telegram' });
    const late = spawn({ EASEL_ROLES: 'worker' });
    await Promise.all([bot.said('The telegram bot is ready'), late.said('The worker is ready')]);
    backend.fail('GET /view', { kind: 'hold' });
    const asked = await ask(1);
    await vi.waitFor(() => expect(backend.countOf(/^GET \/view/)).toBe(1), faultPatience);

    late.child.kill('SIGSTOP');
    const successor = spawn({ EASEL_ROLES: 'worker' });
    await successor.said('The worker is ready');
    await ended();
    const before = evidence();
    backend.letGo();
    late.child.kill('SIGCONT');
    await vi.waitFor(
      () => expect(late.output()).toMatch(/The lease was lost|A late result was dropped/),
      faultPatience,
    );

    expect(evidence().shown).toEqual(before.shown);
    expect(judge(evidence(), { ...generous, submissions: 1 })).toEqual([]);
    expect(await faults?.studio.query('select outcome from runs order by number')).toEqual([
      { outcome: 'lost' },
      { outcome: 'completed' },
    ]);
    expect(asked.tasks).toBe(1);
    expect(await late.end()).toBe(0);
  });
});

describe('a task that takes down every worker', () => {
  it('is given up after four submissions, its owner is told, and others go on', async () => {
    const { ask, start, spawn, ended, evidence, shownFor } = await open({ withSketch: true });
    const poison = await ask(1);
    for (let submissions = 1; submissions <= 4; submissions += 1) {
      const easel = spawn({ EASEL_FAILPOINT: 'run-started' });
      await easel.exited;
      expect(easel.child.signalCode).toBe('SIGKILL');
    }
    await start();
    await ask(2);
    await ended();
    expect(shownFor(poison)[0]?.text).toMatch(/⚠️.*4 submissions/);
    expect(judge(evidence(), generous)).toEqual([]);
  });
});

describe('SIGTERM', () => {
  it('hands back what outlasts the grace: the backend goes on, the next start takes it up', async () => {
    const { backend, ask, start, ended, evidence } = await open({ concurrency: 2 });
    const easel = await start();
    backend.execution.hold();
    await ask(1);
    await ask(2, { tasks: 3 });
    await vi.waitFor(() => expect(backend.submissions()).toBe(2), faultPatience);

    expect(await easel.end('SIGTERM')).toBe(0);
    expect(backend.stops()).toBe(0);
    await start();
    backend.execution.release();
    await ended();
    expect(judge(evidence(), { ...generous, submissions: 1 })).toEqual([]);
  });

  it('a second time exits at once, and loses nothing either', async () => {
    const { backend, ask, start, ended, evidence } = await open();
    const easel = await start();
    backend.execution.hold();
    await ask(1);
    await backend.began();

    easel.child.kill('SIGTERM');
    await easel.said('SIGTERM: stopping');
    expect(await easel.end('SIGTERM')).toBe(1);
    backend.execution.release();
    await start();
    await ended();
    expect(judge(evidence(), { ...generous, submissions: 1 })).toEqual([]);
  });
});
