import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import {
  type FaultStudio,
  faultPatience,
  generous,
  openFaultStudio,
} from '../support/fault-studio.js';
import { type Ask, judge } from '../support/invariants.js';

vi.setConfig({ testTimeout: 300_000 });

let faults: FaultStudio | undefined;
afterEach(() => faults?.close());

const betweenKillsMs = 5_000;
const people = Array.from({ length: 10 }, (_, index) => index);

it('ends forty tasks of ten people well, though the process is killed every five seconds', async () => {
  faults = await openFaultStudio({ stepMs: 40 });
  const { ask, start, ended, evidence } = faults;
  let easel = await start();
  for (const person of people) await ask(person);
  for (let kills = 0; kills < 4; kills += 1) {
    for (const person of people.slice(0, 5)) await ask((person + kills * 5) % 10);
    await sleep(betweenKillsMs);
    await easel.end('SIGKILL');
    easel = await start();
  }
  for (const person of people) await ask(person);
  await ended();
  expect(evidence().asks).toHaveLength(40);
  // What was on its way to Telegram at a kill may stand there twice, without an end.
  expect(judge(evidence(), { ...generous, submissions: 2, copies: 4 })).toEqual([]);
  for (const { text } of evidence().shown.filter(({ buttons }) => buttons.includes('Delete'))) {
    expect(text).toMatch(/1 image ·/);
  }
});

it("holds nobody's one task up by more than three of another's fifty", async () => {
  faults = await openFaultStudio({ concurrency: 2 });
  const { ask, start, ended, evidence, backend } = faults;
  await start();
  const many: Ask[] = [];
  for (let batch = 0; batch < 5; batch += 1) many.push(await ask(0, { tasks: 10 }));
  await vi.waitFor(() => expect(backend.submissions()).toBeGreaterThan(4), faultPatience);
  const singles: Ask[] = [];
  for (const person of people.slice(1)) singles.push(await ask(person));
  await vi.waitFor(
    () => expect(singles.filter((one) => faults?.shownFor(one).length === 0)).toEqual([]),
    faultPatience,
  );
  const heldUp = backend.submissions();
  await ended();

  const { submissions } = evidence();
  const isOfMany = (prompt: string) => many.some(({ tag }) => prompt.startsWith(tag));
  for (const { tag } of singles) {
    const began = submissions.findIndex((prompt) => prompt.startsWith(tag));
    const before = submissions.slice(heldUp, Math.max(began, heldUp)).filter(isOfMany);
    expect(before.length, `${tag} in ${submissions.join(', ')}`).toBeLessThanOrEqual(3);
  }
  expect(judge(evidence(), { ...generous, submissions: 1 })).toEqual([]);
});
