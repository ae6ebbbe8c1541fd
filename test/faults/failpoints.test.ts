import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type FaultStudio, openFaultStudio } from '../support/fault-studio.js';
import { judge } from '../support/invariants.js';

vi.setConfig({ testTimeout: 300_000 });

let faults: FaultStudio;
beforeAll(async () => {
  faults = await openFaultStudio();
});
afterAll(() => faults.close());

/** Cards are first sent, then edited; each is recorded. The third of each is about the end. */
const crashes = [
  'update-received',
  'submitted',
  'admitted',
  'enqueued',
  'job-delivered',
  'run-started',
  'handle-saved',
  'backend-answered',
  'images-stored',
  'outcome-recorded',
  'card-sending',
  'card-sent',
  'card-sent:3',
  'card-recorded',
  'card-recorded:3',
];

it('loses nothing and shows nothing twice, at whichever step the process is crashed', async () => {
  const { ask, start, spawn, ended, evidence } = faults;
  for (const [index, crash] of crashes.entries()) {
    const easel = spawn({ EASEL_FAILPOINT: crash });
    await easel.said('The telegram bot is ready');
    await ask(index);
    await easel.exited;
    expect(easel.child.signalCode, `${crash}\n${easel.output()}`).toBe('SIGKILL');
  }
  await start();
  await ask(99);
  await ended();
  // Telegram tells nobody what became of a send without an answer: what was on its way at a crash
  // is sent again, and an older copy may stay that tells no end. T is for whoever is alive.
  const bounds = { submissions: 2, answerMs: 300_000, endMs: 300_000, copies: crashes.length };
  expect(judge(evidence(), bounds)).toEqual([]);
});

it('refuses to start for a step that there is not', async () => {
  const easel = faults.spawn({ EASEL_FAILPOINT: 'lunch' });
  expect(await easel.exited).toBe(1);
  expect(easel.output()).toContain('EASEL_FAILPOINT: expected one of update-received');
});
