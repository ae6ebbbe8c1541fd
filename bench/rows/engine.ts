import { defaultExecutionTimes } from '../../src/engine/worker/run-execution.js';
import { type BenchContext, rounds } from '../bench-context.js';
import { type Peer, startPeer } from '../processes.js';
import { compared, measured, type Row } from '../row.js';
import { median } from '../statistics.js';
import type { Submission, WorkerOptions } from '../worker.js';

interface Began {
  readonly runKey: string;
  readonly at: number;
}

/** Engines on one record of their own. */
async function openRecord({ servers }: BenchContext) {
  const databaseUrl = await servers.createDatabase();
  const peers: Peer[] = [];
  return {
    async open(options: Pick<WorkerOptions, 'concurrency' | 'maxRuns' | 'runMs'>): Promise<Peer> {
      const { redisUrl, folder } = servers;
      const given: WorkerOptions = { databaseUrl, redisUrl, folder, ...options };
      const peer = await startPeer('worker.ts', given);
      peers.push(peer);
      return peer;
    },
    close: () => Promise.all(peers.map((peer) => peer.end())),
  };
}

/** The recovery's sweep, as `createEngine` sets it. */
const sweepEveryMs = 1000;

/** kill -9 of a worker in the middle of a run → another one has begun that run anew. */
export async function killedWorker(context: BenchContext): Promise<Row[]> {
  context.say('killed workers');
  const record = await openRecord(context);
  try {
    const victims = await Promise.all(
      Array.from({ length: rounds }, () =>
        record.open({ concurrency: 64, maxRuns: 1, runMs: 60_000 }),
      ),
    );
    const taskOf = new Map<Peer, string>();
    const allBegan = new Promise<void>((resolve) => {
      for (const victim of victims) {
        victim.onNotice((_name, value) => {
          taskOf.set(victim, taskIdOf(value as Began));
          if (taskOf.size === victims.length) resolve();
        });
      }
    });
    await victims[0]?.call('submit', { batches: rounds, tasksEach: 1, users: rounds });
    await allBegan;
    const survivor = await record.open({ concurrency: 64, maxRuns: 64, runMs: 60_000 });
    const beganAgain = new Map<string, number>();
    let onBegan = () => {};
    survivor.onNotice((_name, value) => {
      const began = value as Began;
      beganAgain.set(taskIdOf(began), began.at);
      onBegan();
    });
    const killed = new Map<string, number>();
    for (const victim of victims) {
      killed.set(taskOf.get(victim) ?? '', performance.timeOrigin + performance.now());
      await victim.kill();
      await new Promise((resolve) => setTimeout(resolve, 370));
    }
    while (![...killed.keys()].every((task) => beganAgain.has(task))) {
      await new Promise<void>((resolve) => {
        onBegan = resolve;
      });
    }
    const waits = [...killed].map(([task, at]) => (beganAgain.get(task) ?? Number.NaN) - at);
    return [
      compared({
        figure: 'killed worker → its task runs again, against lease + sweep',
        unit: 'ms',
        floor: [defaultExecutionTimes.leaseMs + sweepEveryMs],
        easel: waits,
        goal: { most: 1 },
      }),
    ];
  } finally {
    await record.close();
  }
}

function taskIdOf({ runKey }: Began): string {
  return runKey.slice(0, runKey.lastIndexOf('-'));
}

/** A batch of n tasks at concurrency c takes as long as ⌈n/c⌉ runs. */
export async function batchRounds(context: BenchContext): Promise<Row[]> {
  context.say('a batch of 20 at concurrency 4');
  const record = await openRecord(context);
  const [tasks, concurrency, runMs] = [20, 4, 400];
  try {
    const worker = await record.open({ concurrency, maxRuns: 64, runMs });
    const durations: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const beganAt = Date.now();
      const submission = { batches: 1, tasksEach: tasks, users: 1 } satisfies Submission;
      const [batchId] = await worker.call<string[]>('submit', submission);
      const endedAt = await worker.call<number>('completedAt', batchId);
      // The first one warms up.
      if (round > 0) durations.push(endedAt - beganAt);
    }
    return [
      compared({
        figure: `batch of ${tasks} at concurrency ${concurrency}, against ${Math.ceil(tasks / concurrency)} runs of ${runMs} ms`,
        unit: 'ms',
        floor: [Math.ceil(tasks / concurrency) * runMs],
        easel: durations,
        goal: { most: 1.05 },
        why: 'Between two runs of a slot stand the outcome, the next admission and the queue: some ten statements, whatever the run takes',
      }),
    ];
  } finally {
    await record.close();
  }
}

/** Workers with one run each at a time, on a backend that takes 100 ms. */
export async function scaling(context: BenchContext): Promise<Row[]> {
  const most = context.quick ? 4 : 16;
  context.say(`1 → ${most} worker processes`);
  const rates: { one: number[]; all: number[] } = { one: [], all: [] };
  for (const workers of [1, most]) {
    const record = await openRecord(context);
    try {
      const settings = { concurrency: workers, maxRuns: 1, runMs: 100 };
      await Promise.all(Array.from({ length: workers }, () => record.open(settings)));
      const submitter = await record.open({ ...settings, maxRuns: 0 });
      for (let round = 0; round <= (context.quick ? 2 : rounds); round += 1) {
        const tasks = workers * 20;
        const beganAt = Date.now();
        const [batchId] = await submitter.call<string[]>('submit', {
          batches: 1,
          tasksEach: tasks,
          users: 1,
        });
        const endedAt = await submitter.call<number>('completedAt', batchId);
        const rate = (1000 * tasks) / (endedAt - beganAt);
        if (round > 0) (workers === 1 ? rates.one : rates.all).push(rate);
      }
    } finally {
      await record.close();
    }
  }
  return [
    compared({
      figure: `tasks a second of ${most} worker processes, 100 ms backend, against ${most} × one`,
      unit: '/s',
      floor: rates.one.map((rate) => rate * most),
      easel: rates.all,
      goal: { least: 0.95 },
      why: 'The processes share the processors of one machine with Postgres and Redis',
    }),
  ];
}

/** How long submit and the exact position take, by how many tasks wait. */
export async function deepQueue(context: BenchContext): Promise<Row[]> {
  const deep = context.quick ? 20_000 : 1_000_000;
  context.say(`submit and position with 1,000 and ${deep.toLocaleString('en')} waiting`);
  const record = await openRecord(context);
  try {
    const engine = await record.open({ concurrency: 1, maxRuns: 0, runMs: 0 });
    const users = 1000;
    const times = context.quick ? 60 : 200;
    const measure = async () => {
      const submits = await engine.call<number[]>('timeSubmit', { times, users });
      const batchIds = await engine.call<string[]>('submit', {
        batches: times,
        tasksEach: 1,
        users,
      });
      const positions = await engine.call<number[]>('timePosition', { batchIds });
      return { submits, positions };
    };
    await engine.call('submit', { batches: users, tasksEach: 1, users });
    await measure();
    const shallow = await measure();
    await engine.call('submit', { batches: deep / 100, tasksEach: 100, users });
    const filled = await measure();
    const row = (what: string, before: number[], after: number[], most: number) =>
      compared({
        figure: `${what} with ${deep.toLocaleString('en')} waiting, against 1,000 (1,000 users), median`,
        unit: 'ms',
        floor: [median(before)],
        easel: [median(after)],
        goal: { most },
      });
    return [
      row('submit', shallow.submits, filled.submits, 1.2),
      row('exact position', shallow.positions, filled.positions, 2),
    ];
  } finally {
    await record.close();
  }
}

/** A press of Cancel in the chat → the backend was told to stop. */
export async function cancelReaches(
  context: BenchContext,
  open: () => Promise<{ readonly chats: Peer; readonly pipeline: Peer }>,
  close: (contender: { readonly chats: Peer; readonly pipeline: Peer }) => Promise<void>,
): Promise<Row[]> {
  context.say('cancel → backend told');
  const contender = await open();
  try {
    const told: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const heard = new Promise<number>((resolve) => {
        contender.pipeline.onNotice(
          (name, value) => name === 'cancelled' && resolve(Number(value)),
        );
      });
      const pressedAt = await contender.chats.call<number>('cancelOne', round);
      told.push((await heard) - pressedAt);
    }
    return [
      measured({
        figure: 'press of Cancel → backend told (Telegram, Redis)',
        unit: 'ms',
        values: told,
        goal: { most: 500 },
      }),
    ];
  } finally {
    await close(contender);
  }
}
