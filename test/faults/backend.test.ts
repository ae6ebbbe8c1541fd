import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Fault } from '../support/comfyui-faults.js';
import type { EaselProcess } from '../support/easel-process.js';
import {
  type FaultStudio,
  faultPatience,
  generous,
  openFaultStudio,
} from '../support/fault-studio.js';
import { type Ask, judge } from '../support/invariants.js';

vi.setConfig({ testTimeout: 240_000 });

let faults: FaultStudio;
let easel: EaselProcess;
/** One process lives through all of it: nothing here needs a restart to heal. */
beforeAll(async () => {
  faults = await openFaultStudio({ concurrency: 2 });
  easel = await faults.start();
});
afterAll(() => faults.close());
beforeEach(() => expect(easel.child.exitCode).toBeNull());

const textOf = (ask: Ask) => faults.shownFor(ask)[0]?.text ?? '';

async function endsWell(ask: Ask, submissions: number): Promise<void> {
  await faults.ended();
  expect(textOf(ask)).toMatch(/1 image ·/);
  expect(faults.submissionsOf(ask)).toBe(submissions);
  expect(judge(faults.evidence(), generous)).toEqual([]);
}

const passing: readonly [string, call: string, Fault, submissions: number][] = [
  ['answers 500', 'POST /prompt', { kind: 'status', status: 500 }, 2],
  ['breaks off before it took a task', 'POST /prompt', { kind: 'reset-before' }, 2],
  ['took a task, and the answer is lost', 'POST /prompt', { kind: 'reset-after' }, 1],
  ['answers garbage', 'GET /history', garbage(), 1],
  ['sends half a picture', 'GET /view', { kind: 'half' }, 1],
  ['sends a picture without end', 'GET /view', { kind: 'endless' }, 1],
];

it.each(passing)(
  'makes the task all the same when the backend %s',
  async (_, call, fault, times) => {
    faults.backend.fail(call, fault);
    await endsWell(await faults.ask(1), times);
  },
);

it('submits once more what a restarted backend has forgotten', async () => {
  faults.backend.execution.hold();
  const asked = await faults.ask(2);
  await faults.backend.began();
  faults.backend.restart();
  faults.backend.execution.release();
  await endsWell(asked, 2);
});

it('fetches by its id what ended while the backend could not be reached', async () => {
  faults.backend.execution.hold();
  const asked = await faults.ask(3);
  await faults.backend.began();
  faults.links.backend.refuse();
  faults.backend.execution.release();
  await vi.waitFor(() => expect(faults.backend.execution.running).toBeUndefined(), faultPatience);
  faults.links.backend.heal();
  await endsWell(asked, 1);
});

it('tells what is the matter while a backend hangs, and goes on when it is back', async () => {
  faults.links.backend.cut();
  const asked = await faults.ask(4);
  await vi.waitFor(() => expect(textOf(asked)).toMatch(/cannot be reached|no news/), faultPatience);
  faults.links.backend.heal();
  await faults.ended();
  expect(textOf(asked)).toMatch(/1 image ·/);
  expect(judge(faults.evidence(), generous)).toEqual([]);
});

it('completes everything when one call in five fails', async () => {
  const tries = new Map<string, number>();
  let asked = 0;
  faults.backend.failWhen('POST /prompt', { kind: 'status', status: 503 }, (body) => {
    const [prompt = ''] = /tag\d{4}[\w ]*/.exec(body.toString()) ?? [];
    const before = tries.get(prompt) ?? 0;
    tries.set(prompt, before + 1);
    if (before === 0) asked += 1;
    // Every fifth at its first try, and of those every other at its second.
    return before === 0 ? asked % 5 === 0 : before === 1 && asked % 2 === 0;
  });
  for (const person of [1, 2, 3, 4, 5]) await faults.ask(person, { tasks: 4 });
  await faults.ended();
  for (const ask of faults.asks.slice(-5)) expect(textOf(ask)).toContain('4 done');
  expect(judge(faults.evidence(), generous)).toEqual([]);
});

function garbage(): Fault {
  return { kind: 'body', contentType: 'application/json', body: '<html>{]' };
}
