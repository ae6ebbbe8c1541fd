import { describe, expect, it, type TestContext, vi } from 'vitest';
import {
  type FaultStudioOptions,
  faultPatience,
  generous,
  openFaultStudio,
} from '../support/fault-studio.js';
import { judge } from '../support/invariants.js';

vi.setConfig({ testTimeout: 240_000 });

/** The tests go side by side: most of their time goes by in waiting for the leases of the dead. */
async function open({ onTestFinished }: TestContext, options?: FaultStudioOptions) {
  const faults = await openFaultStudio(options);
  onTestFinished(() => faults.close());
  return faults;
}

describe.concurrent('a worker that is killed', () => {
  it('loses nothing and repeats nothing: what waited, ran, and had just ended at the backend', async (test) => {
    const { backend, ask, start, ended, evidence } = await open(test, { concurrency: 3 });
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

describe.concurrent('a worker that was frozen beyond its lease', () => {
  it('changes nothing when it goes on, even with a result in its hands', async (test) => {
    const faults = await open(test, { withRedis: true });
    const { backend, ask, spawn, ended, evidence } = faults;
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
    expect(await faults.studio.query('select outcome from runs order by number')).toEqual([
      { outcome: 'lost' },
      { outcome: 'completed' },
    ]);
    expect(asked.tasks).toBe(1);
    expect(await late.end()).toBe(0);
  });
});

describe.concurrent('a task that takes down every worker', () => {
  it('is given up after four submissions, its owner is told, and others go on', async (test) => {
    const { ask, start, spawn, ended, evidence, shownFor } = await open(test, { withSketch: true });
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

describe.concurrent('SIGTERM', () => {
  it('hands back what outlasts the grace: the backend goes on, the next start takes it up', async (test) => {
    const { backend, ask, start, ended, evidence } = await open(test, { concurrency: 2 });
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

  it('a second time exits at once, and loses nothing either', async (test) => {
    const { backend, ask, start, ended, evidence } = await open(test);
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
