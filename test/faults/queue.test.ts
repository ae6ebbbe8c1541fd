import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { EaselProcess } from '../support/easel-process.js';
import {
  type FaultStudio,
  faultPatience,
  generous,
  openFaultStudio,
} from '../support/fault-studio.js';
import { judge } from '../support/invariants.js';

vi.setConfig({ testTimeout: 240_000 });

let faults: FaultStudio;
let easel: EaselProcess;
/** One process lives through all of it: nothing here needs a restart to heal. */
beforeAll(async () => {
  faults = await openFaultStudio({ withRedis: true, concurrency: 2 });
  easel = await faults.start();
});
afterAll(() => faults.close());
beforeEach(() => expect(easel.child.exitCode).toBeNull());

/** Two tasks at the backend, thirty waiting. */
async function fill(): Promise<void> {
  const before = faults.backend.submissions();
  faults.backend.execution.hold();
  for (const person of [1, 2, 3, 4]) await faults.ask(person, { tasks: 8 });
  await vi.waitFor(() => expect(faults.backend.submissions()).toBe(before + 2), faultPatience);
  await shown();
}

/** Until the chat has an answer to everything. */
const shown = () =>
  vi.waitFor(
    () => expect(faults.asks.filter((ask) => faults.shownFor(ask).length === 0)).toEqual([]),
    faultPatience,
  );

async function allEndWell(): Promise<void> {
  faults.backend.execution.release();
  await faults.ended();
  expect(judge(faults.evidence(), { ...generous, submissions: 1 })).toEqual([]);
}

it('forgets nothing of thirty waiting tasks when Redis is flushed', async () => {
  await fill();
  const redis = new Redis(faults.redis?.url ?? '');
  await redis.flushall();
  redis.disconnect();
  await allEndWell();
});

it('forgets nothing when Redis dies without persistence and comes back empty', async () => {
  await fill();
  await faults.redis?.kill();
  await faults.redis?.start();
  await allEndWell();
});

it('makes nothing twice when Redis dies and comes back with all that it had', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'easel-faults-redis-'));
  const persistence = ['--appendonly', 'yes', '--appendfsync', 'always', '--dir', folder];
  await faults.redis?.start(persistence);
  await fill();
  await faults.redis?.kill();
  await faults.redis?.start(persistence);
  await allEndWell();
  await faults.redis?.start();
  await rm(folder, { recursive: true, force: true });
});

it('keeps what is asked for while the memory of Redis is full, and starts it later', async () => {
  const redis = new Redis(faults.redis?.url ?? '');
  await redis.config('SET', 'maxmemory', '1');
  await faults.ask(1);
  await faults.ask(2, { tasks: 3 });
  await shown();
  await redis.config('SET', 'maxmemory', '0');
  redis.disconnect();
  await allEndWell();
});

const untaken = expect.stringContaining('nothing has taken it up yet');
const wordsFor = (ask: FaultStudio['asks'][number]) => faults.shownFor(ask).map(({ text }) => text);

it('keeps what is asked for while Redis is away, and starts it later', async () => {
  await faults.redis?.kill();
  await faults.ask(1);
  await faults.ask(2, { tasks: 3 });
  await shown();
  // Not that the image service is silent: it was not asked.
  await vi.waitFor(
    () => expect(faults.asks.slice(-2).flatMap(wordsFor)).toEqual([untaken, untaken]),
    faultPatience,
  );
  await faults.redis?.start();
  await allEndWell();
});

it('keeps what is asked for while Redis does not answer, and starts it later', async () => {
  faults.links.queue.cut();
  await faults.ask(3);
  await faults.ask(4, { tasks: 3 });
  await shown();
  faults.links.queue.heal();
  await allEndWell();
});
