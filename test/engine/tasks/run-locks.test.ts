import { sql } from 'kysely';
import { afterEach, expect, it } from 'vitest';
import type { Transaction } from '../../../src/engine/db/connection.js';
import { endExpiredRun, endRun, type RunKey } from '../../../src/engine/tasks/run.repository.js';
import { type EngineHarness, eventually, poolOf, startEngine } from '../../support/engine.js';
import { createScriptedBackend } from '../../support/scripted-backend.js';

let harness: EngineHarness;
afterEach(() => harness.close());

const ways: readonly [string, (trx: Transaction, key: RunKey) => Promise<unknown>][] = [
  ['ends', (trx, key) => endRun(trx, key, 'lost')],
  ['ends for want of its lease', (trx, key) => endExpiredRun(trx, key, 'lost')],
];

it.each(ways)('waits for its task before it locks a run that it %s', async (_, end) => {
  harness = await startEngine([poolOf([createScriptedBackend()])]);
  await harness.engine.stopWorker();
  await harness.submit(await harness.user('ann'));
  const { db } = harness;
  const { id } = await db.selectFrom('tasks').select('id').executeTakeFirstOrThrow();
  const key = { taskId: id, run: 1 };
  const run = {
    number: 1,
    pool: 'main',
    userId: (await db.selectFrom('users').select('id').executeTakeFirstOrThrow()).id,
    instance: 'scripted',
    state: 'started' as const,
    leaseUntil: new Date(0),
  };
  await db
    .insertInto('runs')
    .values({ taskId: id, ...run })
    .execute();

  let ending: Promise<unknown> = Promise.resolve();
  await db.transaction().execute(async (trx) => {
    await trx.selectFrom('tasks').select('id').where('id', '=', id).forUpdate().execute();
    ending = db.transaction().execute((other) => end(other, key));
    await eventually(async () => {
      const { rows } = await sql`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
      expect(rows).toHaveLength(1);
    });
    // Whoever has the task comes by its run.
    await sql`select from runs where task_id = ${id} for update nowait`.execute(trx);
  });
  expect(await ending).toMatchObject({ instance: 'scripted' });
});
