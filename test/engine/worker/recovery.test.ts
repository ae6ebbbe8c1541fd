import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { createPools } from '../../../src/engine/backends/pools.js';
import { createTransact } from '../../../src/engine/db/transact.js';
import {
  createPostgresRunQueue,
  createRedisRunQueue,
} from '../../../src/engine/queue/bullmq-run-queue.js';
import { createLocalSignals } from '../../../src/engine/queue/signals.js';
import { endExpiredRun } from '../../../src/engine/tasks/run.repository.js';
import type { User } from '../../../src/engine/users/user.js';
import { createRecovery } from '../../../src/engine/worker/recovery.js';
import {
  type EngineHarness,
  eventually,
  poolOf,
  silentLog,
  startEngine,
} from '../../support/engine.js';
import { type RedisServer, startRedis } from '../../support/redis.js';
import {
  createScriptedBackend,
  type HeldRun,
  type ScriptedBackend,
} from '../../support/scripted-backend.js';

let harness: EngineHarness;
let redis: RedisServer | undefined;
afterEach(async () => {
  await harness.close();
  await redis?.stop();
  redis = undefined;
});

/** A run that began under a worker which then died without a word. */
async function orphan(backend: ScriptedBackend): Promise<string> {
  backend.hold = true;
  const batchId = await harness.submit(await harness.user('ann'));
  await eventually(() => expect(backend.held).toHaveLength(1));
  // Nobody of that name renews the lease, and the one that works has lost it.
  await harness.db
    .updateTable('runs')
    .set({ workerId: 'dead', leaseUntil: new Date(0) })
    .execute();
  backend.hold = false;
  return batchId;
}

/** As if the worker had died with all that it was running. */
async function loseRuns(): Promise<void> {
  await harness.db
    .updateTable('runs')
    .set({ workerId: 'dead', leaseUntil: new Date(0) })
    .where('state', '=', 'started')
    .execute();
}

it('admits what waits though something that is to be tidied fails each time', async () => {
  const backend = createScriptedBackend('box');
  const pools = [poolOf([backend])];
  harness = await startEngine(pools);
  await harness.engine.stopWorker();
  const names = ['ann', 'bob', 'joint'] as const;
  const [ann, bob, joint] = await Promise.all(names.map(harness.user));
  const stuck = await harness.submit(ann as User);
  const late = await harness.submit(bob as User);
  await sql`update users set account_id = ${joint?.id} where id in (${ann?.id}, ${bob?.id})`.execute(
    harness.db,
  );
  await sql`alter table batches add check (id <> ${sql.lit(stuck)} or user_id = ${sql.lit(ann?.id)})`.execute(
    harness.db,
  );
  let sweeps = 0;
  const queue = createPostgresRunQueue({
    connectionString: harness.connectionString,
    log: silentLog,
  });
  const recovery = createRecovery({
    db: harness.db,
    transact: createTransact(harness.db, createLocalSignals()),
    pools: createPools(pools, silentLog, Date.now),
    queue,
    admission: {
      start() {},
      async sweep() {
        sweeps += 1;
      },
      async stop() {},
    },
    workerId: 'another',
    log: silentLog,
    everyMs: 60_000,
    isAtWork: () => false,
  });
  // The duty of the worker that has stopped ends soon.
  await eventually(async () => {
    await recovery.sweep();
    expect(sweeps).toBe(1);
  });
  await queue.close();
  const batches = await harness.db.selectFrom('batches').select(['id', 'userId']).execute();
  const owners = new Map(batches.map(({ id, userId }) => [id, userId]));
  expect(owners.get(late)).toBe(joint?.id);
  expect(owners.get(stuck)).toBe(ann?.id);
});

describe('a run whose worker died', () => {
  it('is taken over when its lease ends, without waiting for the next round', async () => {
    const backend = createScriptedBackend('box');
    const rare = { sweepEveryMs: 600_000 };
    harness = await startEngine([poolOf([backend])], rare);
    backend.hold = true;
    const batchId = await harness.submit(await harness.user('ann'));
    await eventually(() => expect(backend.held).toHaveLength(1));
    backend.hold = false;
    const leaseUntil = sql<Date>`now() + interval '1 second'`;
    await harness.db.updateTable('runs').set({ workerId: 'dead', leaseUntil }).execute();
    await harness.db.deleteFrom('leases').execute();
    harness.another(rare).startWorker();
    await harness.until(batchId, ({ counts }) => counts.completed === 1);
  });

  it('is resumed by its handle where the backend can', async () => {
    const backend = createScriptedBackend('box', { resumable: true });
    harness = await startEngine([poolOf([backend])]);
    const batchId = await orphan(backend);
    const batch = await harness.until(batchId, (view) => view.counts.completed === 1);
    expect(batch.tasks[0]?.run).toBe(2);
    expect(backend.submissions).toHaveLength(1);
    expect(backend.resumes).toHaveLength(1);
    // The one that lost its lease leaves, and tells the backend nothing.
    await eventually(() => expect(backend.detached).toHaveLength(1));
    expect(backend.cancelled).toEqual([]);
  });

  it('is run again where a run is free', async () => {
    const backend = createScriptedBackend('box');
    harness = await startEngine([poolOf([backend])]);
    const batchId = await orphan(backend);
    await harness.until(batchId, (view) => view.counts.completed === 1);
    expect(backend.submissions).toHaveLength(2);
  });

  it('fails with "may have been billed" on a paid backend that cannot resume', async () => {
    const backend = createScriptedBackend('api', { paid: true });
    harness = await startEngine([poolOf([backend])]);
    const batchId = await orphan(backend);
    const batch = await harness.until(batchId, (view) => view.counts.failed === 1);
    expect(batch.tasks[0]?.failure).toEqual({ kind: 'lost', text: null, billed: 'unknown' });
    expect(backend.submissions).toHaveLength(1);
  });

  it('is given up once it was submitted four times', async () => {
    const backend = createScriptedBackend('box');
    harness = await startEngine([poolOf([backend])]);
    backend.hold = true;
    const batchId = await harness.submit(await harness.user('ann'));
    for (let submission = 1; submission <= 4; submission += 1) {
      await eventually(() => expect(backend.held).toHaveLength(submission));
      await harness.db
        .updateTable('runs')
        .set({ workerId: 'dead', leaseUntil: new Date(0) })
        .where('state', '=', 'started')
        .execute();
    }
    const batch = await harness.until(batchId, (view) => view.counts.failed === 1);
    expect(batch.tasks[0]?.failure).toMatchObject({ kind: 'lost' });
    expect(backend.submissions).toHaveLength(4);
  });

  it('is given up once eight workers were lost with it, though it can be resumed', async () => {
    const backend = createScriptedBackend('box', { resumable: true });
    harness = await startEngine([poolOf([backend])]);
    backend.hold = true;
    const batchId = await harness.submit(await harness.user('ann'));
    for (let runs = 1; runs <= 8; runs += 1) {
      await eventually(() => expect(backend.held).toHaveLength(runs));
      await loseRuns();
    }
    const batch = await harness.until(batchId, (view) => view.counts.failed === 1);
    expect(batch.tasks[0]?.failure).toMatchObject({ kind: 'lost', billed: 'no' });
    expect(batch.tasks[0]?.failure?.text).toContain('8 workers');
    expect(backend.submissions).toHaveLength(1);
    const ann = await harness.user('ann');
    await harness.engine.retry(batchId, { userId: ann.id, manages: false });
    await eventually(() => expect(backend.held).toHaveLength(9));
    await loseRuns();
    backend.hold = false;
    await harness.until(batchId, (view) => view.counts.completed === 1);
  });

  it('is told from what takes workers down: lost twice, tasks are run again one by one', async () => {
    const backend = createScriptedBackend('box');
    harness = await startEngine([poolOf([backend])]);
    backend.hold = true;
    const people = await Promise.all(['ann', 'bob', 'cid'].map(harness.user));
    const [culprit = '', ...others] = await Promise.all(people.map((one) => harness.submit(one)));
    const isCulprit = ({ request }: HeldRun) => request.runKey.startsWith(culpritTask);
    const culpritTask = (await harness.engine.batch(culprit))?.tasks[0]?.id ?? '';
    await eventually(() => expect(backend.held).toHaveLength(3));
    await loseRuns();
    // At first all at once, as a worker's death has mostly nothing to do with its tasks.
    await eventually(() => expect(backend.held).toHaveLength(6));
    await loseRuns();
    for (let run = 7; run <= 10; run += 1) {
      await eventually(() => expect(backend.held).toHaveLength(run));
      const latest = backend.held.at(-1);
      if (latest && isCulprit(latest)) await loseRuns();
      else latest?.finish();
    }
    for (const id of others) await harness.until(id, (view) => view.counts.completed === 1);
    await harness.until(culprit, (view) => view.counts.failed === 1);
    expect(backend.held.filter(isCulprit)).toHaveLength(4);
  });

  it('is cancelled at its backend when that was asked for meanwhile', async () => {
    const backend = createScriptedBackend('box', { resumable: true });
    harness = await startEngine([poolOf([backend])]);
    backend.hold = true;
    const ann = await harness.user('ann');
    const batchId = await harness.submit(ann);
    await eventually(() => expect(backend.held).toHaveLength(1));
    await harness.db.updateTable('tasks').set({ cancelRequestedAt: new Date() }).execute();
    await harness.db
      .updateTable('runs')
      .set({ workerId: 'dead', leaseUntil: new Date(0) })
      .execute();
    await harness.until(batchId, (view) => view.counts.cancelled === 1);
    expect(backend.cancelled).toEqual([backend.held[0]?.request.runKey]);
  });
});

describe('recovery', () => {
  it('is not held up by a backend that cannot be told of a cancel', async () => {
    const backend = createScriptedBackend('box', { resumable: true });
    harness = await startEngine([poolOf([backend])]);
    backend.hold = true;
    const ann = await harness.user('ann');
    const [cancelled, other] = [await harness.submit(ann), await harness.submit(ann)];
    await eventually(() => expect(backend.held).toHaveLength(2));
    backend.cancel = async () => {
      throw new Error('planted: the backend is away');
    };
    await harness.db
      .updateTable('tasks')
      .set({ cancelRequestedAt: new Date() })
      .where('batchId', '=', cancelled)
      .execute();
    backend.hold = false;
    await harness.db
      .updateTable('runs')
      .set({ workerId: 'dead', leaseUntil: new Date(0) })
      .execute();
    await harness.until(cancelled, (view) => view.counts.cancelled === 1);
    await harness.until(other, (view) => view.counts.completed === 1);
  });

  it('fails what waits for a pool that left the configuration', async () => {
    harness = await startEngine([poolOf([createScriptedBackend()], 1, 1)]);
    const backend = createScriptedBackend('gone');
    backend.hold = true;
    const ann = await harness.user('ann');
    await harness.engine.stopWorker();
    const batchId = await harness.submit(ann);
    await harness.db.updateTable('tasks').set({ pool: 'gone' }).execute();
    harness.another().startWorker();
    const batch = await harness.until(batchId, (view) => view.counts.failed === 1);
    expect(batch.tasks[0]?.failure).toMatchObject({ kind: 'unavailable' });
  });
});

describe('the queue', () => {
  it('is rebuilt from the record after it forgot everything', async () => {
    redis = await startRedis();
    const url = redis.url;
    const backend = createScriptedBackend();
    // No worker takes anything: the runs stay admitted, and the queue is all that holds them.
    harness = await startEngine([poolOf([backend], 5, 5)], {
      queueOf: () => {
        const queue = createRedisRunQueue({ url, log: silentLog });
        return { ...queue, work: () => ({ drain: async () => {} }) };
      },
    });
    const ann = await harness.user('ann');
    const ids = await Promise.all(Array.from({ length: 5 }, () => harness.submit(ann)));
    await eventually(async () => {
      const runs = await harness.db.selectFrom('runs').select('state').execute();
      expect(runs).toHaveLength(5);
    });
    await redis.start();

    const queue = createRedisRunQueue({ url, log: silentLog });
    await queue.ready();
    harness.another({ queue }).startWorker();
    for (const id of ids) await harness.until(id, (view) => view.counts.completed === 1);
    expect(backend.submissions).toHaveLength(5);
  });
});

describe('a lease that is renewed too late', () => {
  it('holds still where nobody has taken the run', async () => {
    const backend = createScriptedBackend('box');
    harness = await startEngine([poolOf([backend])]);
    backend.hold = true;
    const batchId = await harness.submit(await harness.user('ann'));
    await eventually(() => expect(backend.held).toHaveLength(1));
    await harness.db
      .updateTable('runs')
      .set({ leaseUntil: new Date(0) })
      .execute();
    await eventually(async () => {
      const { leaseUntil } = await harness.db
        .selectFrom('runs')
        .select('leaseUntil')
        .executeTakeFirstOrThrow();
      expect(leaseUntil?.getTime()).toBeGreaterThan(0);
    });
    backend.held[0]?.finish();
    const batch = await harness.until(batchId, (view) => view.counts.completed === 1);
    expect(batch.tasks[0]?.run).toBe(1);
    expect(backend.submissions).toHaveLength(1);
  });

  it('is not taken for a death between the look and the take-over', async () => {
    const backend = createScriptedBackend('box');
    harness = await startEngine([poolOf([backend])]);
    backend.hold = true;
    await harness.submit(await harness.user('ann'));
    await eventually(() => expect(backend.held).toHaveLength(1));
    const { taskId } = await harness.db
      .selectFrom('runs')
      .select('taskId')
      .executeTakeFirstOrThrow();
    const end = () =>
      harness.db.transaction().execute((trx) => endExpiredRun(trx, { taskId, run: 1 }, 'lost'));
    expect(await end()).toBeUndefined();
    await harness.db
      .updateTable('runs')
      .set({ workerId: 'dead', leaseUntil: new Date(0) })
      .execute();
    expect(await end()).toMatchObject({ instance: 'box' });
  });
});
