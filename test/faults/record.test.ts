import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/engine/db/embedded-postgres.js';
import type { EaselProcess } from '../support/easel-process.js';
import { whenKilled } from '../support/end-with-parent.js';
import {
  type FaultStudio,
  faultPatience,
  generous,
  openFaultStudio,
} from '../support/fault-studio.js';
import { type Ask, judge } from '../support/invariants.js';

vi.setConfig({ testTimeout: 240_000 });

let dataDir: string;
let postgres: EmbeddedPostgres;
let faults: FaultStudio;
let easel: EaselProcess;
/** One process lives through all of it: nothing here needs a restart to heal. */
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'easel-faults-'));
  await chmod(dataDir, 0o755);
  const log = pino({ level: 'silent' });
  postgres = await startEmbeddedPostgres({ dataDir, log, isTemporary: true });
  const databaseUrl = postgres.connectionString;
  faults = await openFaultStudio({ databaseUrl, withRedis: true, concurrency: 2 });
  easel = await faults.start();
});
async function endAll(): Promise<void> {
  await faults?.close();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}
afterAll(endAll);
whenKilled(endAll);
beforeEach(() => expect(easel.child.exitCode).toBeNull());

const textsOf = (ask: Ask) => faults.shownFor(ask).map(({ text }) => text);
const isAnswered = (ask: Ask) =>
  vi.waitFor(() => expect(textsOf(ask)).not.toEqual([]), faultPatience);

/** Two tasks at the backend, four waiting. */
async function fill(): Promise<void> {
  const before = faults.backend.submissions();
  faults.backend.execution.hold();
  const asks = [await faults.ask(1, { tasks: 3 }), await faults.ask(2, { tasks: 3 })];
  await vi.waitFor(() => expect(faults.backend.submissions()).toBe(before + 2), faultPatience);
  for (const ask of asks) await isAnswered(ask);
}

/** What was asked for before, and one thing more. */
async function allEndWell(): Promise<void> {
  faults.backend.execution.release();
  await faults.ask(9);
  await faults.ended();
  expect(judge(faults.evidence(), { ...generous, submissions: 1 })).toEqual([]);
}

it('loses nothing when Postgres is killed in the middle, and heals without a restart', async () => {
  await fill();
  const [pid] = (await readFile(join(dataDir, 'postgres/pgdata/postmaster.pid'), 'utf8')).split(
    '\n',
  );
  process.kill(Number(pid), 'SIGKILL');
  faults.backend.execution.release();
  await allEndWell();
});

it('says that it is busy while Postgres is away, and keeps nothing of that', async () => {
  await fill();
  faults.links.record.refuse();
  const refused = await faults.ask(3);
  await isAnswered(refused);
  expect(textsOf(refused)).toEqual([expect.stringContaining('kept nothing')]);
  faults.links.record.heal();
  await allEndWell();
  expect(textsOf(refused)).toHaveLength(1);
});

it('acknowledges nothing that a silent Postgres has not taken', async () => {
  await fill();
  faults.links.record.cut();
  const asked = await faults.ask(4);
  await isAnswered(asked);
  expect(textsOf(asked)).toEqual([expect.stringContaining('kept nothing')]);
  faults.links.record.heal();
  await allEndWell();
});

it('gets through on a slow Postgres', async () => {
  faults.links.record.delay(80);
  for (const person of [1, 2, 3]) await faults.ask(person);
  await faults.ended();
  faults.links.record.heal();
  await allEndWell();
});

it('gets through when every connection of its pool is held up', async () => {
  const blocker = new pg.Client({ connectionString: postgres.connectionString });
  blocker.on('error', () => undefined);
  await blocker.connect();
  // Who is in a transaction sees the activity as it was at the first look.
  const observer = new pg.Client({ connectionString: postgres.connectionString });
  observer.on('error', () => undefined);
  await observer.connect();
  await blocker.query('begin');
  await blocker.query('lock table tasks in access exclusive mode');
  for (const person of [1, 2, 3, 4, 5, 6, 7, 8]) await faults.ask(person, { tasks: 2 });
  const waiting = `select from pg_stat_activity where wait_event_type = 'Lock'`;
  await vi.waitFor(
    async () => expect((await observer.query(waiting)).rowCount).toBeGreaterThan(5),
    faultPatience,
  );
  await blocker.query('rollback');
  await blocker.end();
  await observer.end();
  await allEndWell();
});
