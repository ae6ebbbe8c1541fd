import { expect, it, type TestContext, vi } from 'vitest';
import { seededRandom } from '../support/fault-schedule.js';
import {
  type FaultStudio,
  type FaultStudioOptions,
  faultPatience,
  generous,
  openFaultStudio,
} from '../support/fault-studio.js';
import { judge } from '../support/invariants.js';

vi.setConfig({ testTimeout: 300_000 });

async function open({ onTestFinished }: TestContext, options?: FaultStudioOptions) {
  const faults = await openFaultStudio(options);
  onTestFinished(() => faults.close());
  return faults;
}

/** Runs ahead of Easel's own code, in its process. */
function preloaded(code: string): Record<string, string> {
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}` };
}

/** Two tasks at the backend, four waiting, on both platforms. */
async function fill({ backend, ask, askOnDiscord, shownFor }: FaultStudio): Promise<void> {
  const before = backend.submissions();
  backend.execution.hold();
  const asks = [await ask(1, { tasks: 3 }), await askOnDiscord(2, { tasks: 3 })];
  await vi.waitFor(() => expect(backend.submissions()).toBe(before + 2), faultPatience);
  await vi.waitFor(() => {
    for (const asked of asks) expect(shownFor(asked)).not.toEqual([]);
  }, faultPatience);
}

/** A clock an hour ahead, which goes back by two hours at the signal. Postgres keeps to the true one. */
const wrongClock = `
  const { Date: TrueDate } = globalThis;
  let aheadMs = 3_600_000;
  const now = () => TrueDate.now() + aheadMs;
  globalThis.Date = class Date extends TrueDate {
    constructor(...given) {
      if (given.length === 0) super(now());
      else super(...given);
    }
    static now = now;
  };
  process.on('SIGUSR2', () => {
    aheadMs = -3_600_000;
    console.log('The clock went back');
  });`;

it('ends all well though the clock is an hour ahead, and then an hour behind', async (test) => {
  const faults = await open(test, { concurrency: 2, withDiscord: true });
  const { backend, ask, askOnDiscord, start, ended, evidence } = faults;
  const easel = await start(preloaded(wrongClock));
  // What waits for its retry waits for seconds, by whatever clock.
  backend.fail('POST /prompt', { kind: 'status', status: 500 });
  await ask(5);
  await ended();
  await fill(faults);
  backend.fail('POST /prompt', { kind: 'status', status: 500 });
  easel.child.kill('SIGUSR2');
  await easel.said('The clock went back');
  await ask(3);
  await askOnDiscord(4);
  backend.execution.release();
  await ended();
  expect(judge(evidence(), { ...generous, submissions: 2 })).toEqual([]);
});

/** At the signal it takes all files that are left, and gives them back at the next. */
const greed = `
  import { closeSync, openSync } from 'node:fs';
  const taken = [];
  process.on('SIGUSR2', () => {
    if (taken.length > 0) {
      for (const file of taken.splice(0)) closeSync(file);
      console.log('There are files again');
      return;
    }
    try {
      for (;;) taken.push(openSync('/dev/null'));
    } catch (error) {
      console.log('There are no files left: ' + error.code);
    }
  });`;

it('loses nothing while it is out of file handles, and heals without a restart', async (test) => {
  const faults = await open(test, { concurrency: 2, withDiscord: true });
  const { backend, ask, askOnDiscord, start, ended, evidence, shownFor } = faults;
  const easel = await start(preloaded(greed), { openFiles: 400 });
  await fill(faults);
  easel.child.kill('SIGUSR2');
  await easel.said('There are no files left: EMFILE');
  backend.execution.release();
  const meanwhile = [await ask(3), await askOnDiscord(4)];
  await vi.waitFor(() => {
    for (const asked of meanwhile) expect(shownFor(asked)).not.toEqual([]);
  }, faultPatience);
  easel.child.kill('SIGUSR2');
  await easel.said('There are files again');
  await ask(5);
  await askOnDiscord(6);
  await ended();
  expect(easel.child.exitCode).toBeNull();
  expect(judge(evidence(), generous)).toEqual([]);
});

it('loses nothing and repeats nothing where each link is a second late and breaks often', async (test) => {
  const faults = await open(test, { concurrency: 2, withRedis: true, withDiscord: true });
  const { backend, links, ask, askOnDiscord, start, ended, evidence } = faults;
  const easel = await start();
  await fill(faults);
  const random = seededRandom(20_261_201);
  for (const link of Object.values(links)) {
    link.delay(1_000);
    link.resetOften(0.1, random);
  }
  backend.execution.release();
  for (let asked = 0; asked < 4; asked += 1) {
    await ask(3 + asked);
    await askOnDiscord(13 + asked);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
  }
  for (const link of Object.values(links)) link.heal();
  await ask(9);
  await askOnDiscord(19);
  await ended();
  expect(easel.child.exitCode).toBeNull();
  // A first message whose answer was lost on its way may have stayed.
  expect(judge(evidence(), { ...generous, copies: 8 })).toEqual([]);
});
