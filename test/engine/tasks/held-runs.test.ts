import { afterEach, expect, it } from 'vitest';
import type { Database } from '../../../src/engine/db/connection.js';
import { createHeldRuns } from '../../../src/engine/tasks/held-runs.repository.js';
import { type EngineHarness, eventually, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

/** Runs that are under way, of a worker that has renewed none of them lately. */
async function startedRuns(count: number) {
  const backend = createScriptedBackend();
  backend.hold = true;
  harness = await startEngine([poolOf([backend])]);
  const user = await harness.user('ann');
  await harness.submit(
    user,
    Array.from({ length: count }, () => ({})),
  );
  await eventually(() => expect(backend.held).toHaveLength(count));
  const farAway = new Date(Date.now() + 3_600_000);
  await harness.db.updateTable('runs').set({ workerId: 'me', leaseUntil: farAway }).execute();
  const rows = await harness.db.selectFrom('runs').select(['taskId', 'number as run']).execute();
  return rows.sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
}

const heldRunsOf = (db: Database) => createHeldRuns({ db, workerId: 'me', leaseMs: 60_000 });

const leaseOf = async ({ taskId }: { readonly taskId: string }) => {
  const run = await harness.db
    .selectFrom('runs')
    .select('leaseUntil')
    .where('taskId', '=', taskId)
    .executeTakeFirstOrThrow();
  return run.leaseUntil?.getTime() ?? 0;
};

it('renews the leases of all other runs while somebody holds the row of one', async () => {
  const [first, second] = await startedRuns(2);
  if (!first || !second) throw new Error('two runs were to be started');
  const { renew } = heldRunsOf(harness.db);
  const before = await leaseOf(first);
  await harness.db.transaction().execute(async (trx) => {
    await trx
      .selectFrom('runs')
      .selectAll()
      .where('taskId', '=', first.taskId)
      .forUpdate()
      .execute();
    expect(await Promise.all([renew(first), renew(second)])).toEqual(['held', 'held']);
  });
  expect(await leaseOf(first)).toBe(before);
  expect(await leaseOf(second)).toBeLessThan(before);
});

it('tells apart whose run is another, who is asked to cancel, and what is gone', async () => {
  const [first, second] = await startedRuns(2);
  if (!first || !second) throw new Error('two runs were to be started');
  const { renew } = heldRunsOf(harness.db);
  await harness.db
    .updateTable('tasks')
    .set({ cancelRequestedAt: new Date() })
    .where('id', '=', second.taskId)
    .execute();
  const later = { ...first, run: first.run + 1 };
  const gone = { taskId: 'nobody', run: 1 };
  expect(await Promise.all([first, second, later, gone].map(renew))).toEqual([
    'held',
    'cancel-requested',
    'lost',
    'gone',
  ]);
});

it('takes a run all the same, and counts it once, when only the answer was lost', async () => {
  const [run] = await startedRuns(1);
  if (!run) throw new Error('a run was to be started');
  await harness.db.updateTable('runs').set({ state: 'admitted', workerId: null }).execute();
  await harness.db.updateTable('tasks').set({ submissions: 0 }).execute();
  const { start } = heldRunsOf(losingAnAnswer(harness.db));
  expect(await start(run)).toMatchObject({ submissions: 1 });
  expect(await start(run)).toBeUndefined();
});

it('gives a run that is delivered twice at once to one of the two', async () => {
  const [run] = await startedRuns(1);
  if (!run) throw new Error('a run was to be started');
  await harness.db.updateTable('runs').set({ state: 'admitted', workerId: null }).execute();
  const { start } = heldRunsOf(harness.db);
  const started = await Promise.all([start(run), start(run)]);
  expect(started.filter((one) => one !== undefined)).toHaveLength(1);
});

/** The same record, whose first answer gets lost on its way. */
function losingAnAnswer(db: Database): Database {
  let isLost = false;
  return db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (isLost) return result;
      isLost = true;
      throw new Error('Connection terminated unexpectedly');
    },
  });
}
