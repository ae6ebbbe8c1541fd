import { expect, it, vi } from 'vitest';
import { openFaultStudio } from '../support/fault-studio.js';
import { judge } from '../support/invariants.js';

vi.setConfig({ testTimeout: 300_000 });

const stepsToTheRun = ['update-received', 'submitted', 'admitted', 'enqueued', 'job-delivered'];
const stepsOfTheRun = [
  'run-started',
  'handle-saved',
  'backend-answered',
  'images-stored',
  'outcome-recorded',
];
/** A card is first sent, then edited: its third record is about a later state than its first. */
const cardSteps = ['card-sending', 'card-sent', 'card-recorded', 'card-sent:3', 'card-recorded:3'];

/** A process dies at each of the steps, the next carries on and dies at the next, the last lives. */
async function crashAtEach(crashes: readonly string[]): Promise<void> {
  const faults = await openFaultStudio();
  try {
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
  } finally {
    await faults.close();
  }
}

// Side by side: most of the time goes by in waiting for the leases of the dead.
it.concurrent('loses and doubles nothing, crashed at any step from the update to its run', () =>
  crashAtEach(stepsToTheRun));

it.concurrent('loses and doubles nothing, crashed at any step from the run to its outcome', () =>
  crashAtEach(stepsOfTheRun));

it.concurrent('loses and doubles nothing, crashed at any step of a card into the chat', () =>
  crashAtEach(cardSteps));

it.concurrent('refuses to start for a step that there is not', async () => {
  const faults = await openFaultStudio();
  const easel = faults.spawn({ EASEL_FAILPOINT: 'lunch' });
  expect(await easel.exited).toBe(1);
  expect(easel.output()).toContain('EASEL_FAILPOINT: expected one of update-received');
  await faults.close();
});
