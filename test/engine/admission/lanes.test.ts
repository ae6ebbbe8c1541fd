import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pickLane } from '../../../src/engine/admission/fair-share.js';
import {
  dropIdleLanes,
  joinLane,
  readWaitingLanes,
} from '../../../src/engine/admission/lane.repository.js';
import {
  connectDatabase,
  type Database,
  type Transaction,
} from '../../../src/engine/db/connection.js';
import { silentLog } from '../../support/engine.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = connectDatabase({ connectionString: database.connectionString, log: silentLog });
  await sql`
    insert into users (id, platform, platform_user_id, name, locale)
    select 'user' || i, 'telegram', i::text, 'user' || i, 'en' from generate_series(0, 9) i`.execute(
    db,
  );
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});
beforeEach(() => sql`truncate batches, tasks, runs, lanes, pools cascade`.execute(db));

let made = 0;

/** A batch of waiting tasks; returns their ids. */
async function insertTasks(
  to: Database | Transaction,
  userId: string,
  count: number,
  pool = 'main',
): Promise<string[]> {
  made += 1;
  const batchId = `batch${made}`;
  await sql`
    insert into batches (id, user_id, scope_id, origin, prompt, private, update_platform, update_key)
    values (${batchId}, ${userId}, 'scope', 'imagine', '', false, 'telegram', ${batchId})`.execute(
    to,
  );
  const { rows } = await sql<{ id: string }>`
    insert into tasks (id, batch_id, ordinal, user_id, pool, request, seed)
    select ${batchId} || '-' || i, ${batchId}, i, ${userId}, ${pool}, '{}', 1
    from generate_series(1, ${count}::int) i returning id`.execute(to);
  return rows.map(({ id }) => id);
}

/** Where a lane's count is not the number of its waiting tasks, or there is no lane at all. */
async function drifts() {
  const { rows } = await sql`
    select * from (
      select pool, user_id, count(*)::int as waiting from tasks where state = 'pending' group by 1, 2
    ) truth
    full join (select pool, user_id, waiting from lanes) kept using (pool, user_id)
    where coalesce(truth.waiting, 0) is distinct from kept.waiting`.execute(db);
  return rows;
}

describe('the lanes', () => {
  it('count what waits, whatever many do to tasks at the same moment', async () => {
    const act = async (worker: number) => {
      for (let step = 0; step < 25; step += 1) {
        const userId = `user${(worker * 7 + step) % 10}`;
        const ids = await insertTasks(db, userId, 1 + (step % 3), step % 2 ? 'main' : 'other');
        await sql`update tasks set state = 'processing' where id = ${ids[0]}`.execute(db);
        if (step % 4 === 1)
          await sql`update tasks set state = 'pending' where id = ${ids[0]}`.execute(db);
        if (step % 4 === 2)
          await sql`update tasks set state = 'completed' where id = ${ids[0]}`.execute(db);
        if (step % 4 === 3) {
          await sql`delete from batches where id = (select batch_id from tasks where id = ${ids[0]})`.execute(
            db,
          );
        }
        await sql`update tasks set state = 'pending', retries = 1
          where id = ${ids[1] ?? ''} and state = 'pending'`.execute(db);
        if (step % 5 === 0) await db.transaction().execute((trx) => dropIdleLanes(trx, 'main'));
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(act));
    expect(await drifts()).toEqual([]);
    const { waiting } = await db
      .selectFrom('lanes')
      .select((fn) => fn.fn.sum<number>('waiting').as('waiting'))
      .executeTakeFirstOrThrow();
    expect(waiting).toBeGreaterThan(100);
  });

  it('forget who is idle, and nobody who waits or was just served', async () => {
    await insertTasks(db, 'user1', 1);
    const [served = ''] = await insertTasks(db, 'user2', 1);
    const [past = ''] = await insertTasks(db, 'user3', 1);
    await sql`update tasks set state = 'completed' where id in (${served}, ${past})`.execute(db);
    await sql`update lanes set virtual_time = 9 where user_id = 'user2'`.execute(db);
    await sql`insert into pools (name, virtual_time) values ('main', 5)`.execute(db);
    await db.transaction().execute((trx) => dropIdleLanes(trx, 'main'));
    const lanes = async () =>
      (await db.selectFrom('lanes').select('userId').orderBy('userId').execute()).map(
        ({ userId }) => userId,
      );
    // user2 has had their turn: back at 5, they would have another at once.
    expect(await lanes()).toEqual(['user1', 'user2']);

    // Once nobody waits and nothing runs there is nobody to be unfair to.
    await sql`update tasks set state = 'completed'`.execute(db);
    await db.transaction().execute((trx) => dropIdleLanes(trx, 'main'));
    expect(await lanes()).toEqual([]);
    await insertTasks(db, 'user4', 1);
    const { virtualTime } = await db.selectFrom('lanes').selectAll().executeTakeFirstOrThrow();
    expect(virtualTime).toBe(9);
  });

  it('take their place at the pool’s virtual time, and keep it while they wait', async () => {
    await sql`insert into pools (name, virtual_time) values ('main', 5)`.execute(db);
    const virtualTime = async () =>
      (await db.selectFrom('lanes').select('virtualTime').executeTakeFirstOrThrow()).virtualTime;
    const [first = ''] = await insertTasks(db, 'user1', 1);
    expect(await virtualTime()).toBe(5);
    await sql`update pools set virtual_time = 8`.execute(db);
    const [second = ''] = await insertTasks(db, 'user1', 1);
    expect(await virtualTime()).toBe(5);
    await sql`update tasks set state = 'processing' where id in (${first}, ${second})`.execute(db);
    await sql`update tasks set state = 'pending' where id = ${first}`.execute(db);
    expect(await virtualTime()).toBe(8);
    // Whoever was served ahead of it stays ahead.
    await sql`update tasks set state = 'processing' where id = ${first}`.execute(db);
    await sql`update lanes set virtual_time = 9`.execute(db);
    await insertTasks(db, 'user1', 1);
    expect(await virtualTime()).toBe(9);
  });

  it('keep the lane of a task that arrives while idle lanes are dropped', async () => {
    const [first = ''] = await insertTasks(db, 'user1', 1);
    await sql`update tasks set state = 'completed' where id = ${first}`.execute(db);
    // The task is there, and not committed yet: the drop waits for it, and then sees it.
    let drop: Promise<void> | undefined;
    await db.transaction().execute(async (trx) => {
      await joinLane(trx, 'main', 'user1', 1);
      await insertTasks(trx, 'user1', 1);
      drop = db.transaction().execute((other) => dropIdleLanes(other, 'main'));
      await waitsForLock();
    });
    await drop;
    expect(await drifts()).toEqual([]);
    expect(await db.selectFrom('lanes').select('waiting').execute()).toEqual([{ waiting: 1 }]);
  });

  it('make the lane anew for a task that arrives after its drop', async () => {
    const [first = ''] = await insertTasks(db, 'user1', 1);
    await sql`update tasks set state = 'completed' where id = ${first}`.execute(db);
    let arrival: Promise<unknown> | undefined;
    await db.transaction().execute(async (trx) => {
      await dropIdleLanes(trx, 'main');
      arrival = db.transaction().execute((other) => insertTasks(other, 'user1', 2));
      await waitsForLock();
    });
    await arrival;
    expect(await drifts()).toEqual([]);
    expect(await db.selectFrom('lanes').select('waiting').execute()).toEqual([{ waiting: 2 }]);
  });

  it('come in the order in which the rule picks them', async () => {
    let seed = 5;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    for (let round = 0; round < 30; round += 1) {
      await sql`truncate batches, tasks, runs, lanes cascade`.execute(db);
      const lanes = [];
      for (let index = 0; index < 1 + random(8); index += 1) {
        const userId = `user${index}`;
        const running = random(4);
        const ids = await insertTasks(db, userId, running + 1);
        await sql`insert into runs (task_id, number, pool, user_id, instance)
          select id, 1, 'main', ${userId}, 'box' from tasks where id = any(${ids.slice(1)})`.execute(
          db,
        );
        await sql`update tasks set state = 'processing' where id = any(${ids.slice(1)})`.execute(
          db,
        );
        const virtualTime = random(100) / 8 + index / 1000;
        await sql`update lanes set virtual_time = ${virtualTime} where user_id = ${userId}`.execute(
          db,
        );
        const isReady = random(4) > 0;
        if (!isReady) {
          await sql`update tasks set available_at = now() + interval '1 hour'
            where id = ${ids[0]}`.execute(db);
        } else {
          lanes.push({ userId, virtualTime, weight: 1, running });
        }
      }
      const caps = { whileOthersWait: 1 + random(3), hard: random(2) ? 3 : null };
      const rows = await db
        .transaction()
        .execute((trx) => readWaitingLanes(trx, 'main', ['box'], caps));
      expect(pickLane(rows, caps)?.userId).toBe(pickLane(lanes, caps)?.userId);
      expect(rows[0]?.userId).toBe(pickLane(lanes, caps)?.userId);
    }
  });
});

/** Resolves when some connection to this database waits for another's lock. */
async function waitsForLock(): Promise<void> {
  for (;;) {
    const { rows } = await sql`
      select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
