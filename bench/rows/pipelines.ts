import pg from 'pg';
import { type BenchContext, rounds } from '../bench-context.js';
import type { Sample } from '../chat-load.js';
import type { PipelineOptions } from '../pipeline.js';
import { type Peer, startPeer, type Usage } from '../processes.js';
import { compared, measured, type Row } from '../row.js';
import { median, percentile } from '../statistics.js';

export type QueueKind = 'redis' | 'postgres';

interface Contender {
  readonly chats: Peer;
  readonly pipeline: Peer;
  readonly databaseUrl: string;
}

/** What one round of commands came to. */
interface Round {
  readonly answer50: number;
  readonly answer99: number;
  readonly image50: number;
  readonly image99: number;
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly loopDelayMs: number;
  readonly residentMiB: number;
}

const moreWork =
  'The floor sends one statement to Postgres and two messages for a command and keeps nothing else. Easel writes down the inbox, the batch, its fair turn, its run and lease, its outcome, and each state of its card, so that a crash at any step loses nothing, stores the picture on the disk, and shows a state more; on a machine of few processors all of it shares them with Postgres and the stand-in';

/** So many tell whether memory grows. */
const tasksThatTell = 5_000;

/** Rows 1 to 3: the whole way of a command, beside the floor's in the same rounds. */
export async function comparePipelines(
  context: BenchContext,
  platform: PipelineOptions['platform'],
  queue: QueueKind,
): Promise<Row[]> {
  const { quick, say } = context;
  const where = `${platform === 'telegram' ? 'Telegram' : 'Discord'}, ${
    queue === 'redis' ? 'Redis' : 'embedded Postgres'
  }`;
  say(`${where}: command → answer → image, ${rounds} rounds`);
  const [floor, easel] = await Promise.all([
    openContender(context, 'floor.ts', platform, queue),
    openContender(context, 'easel.ts', platform, queue),
  ]);
  try {
    const loads =
      queue === 'redis'
        ? [
            { inFlight: 50, tasks: quick ? 75 : 500 },
            { inFlight: 200, tasks: quick ? 200 : 1000 },
          ]
        : [{ inFlight: 50, tasks: quick ? 50 : 300 }];
    const warmUp = quick ? 100 : 400;
    for (const contender of [floor, easel]) await runRound(contender, 50, warmUp);
    const idle = (await easel.pipeline.call<Usage>('usage')).residentMiB;
    const rows: Row[] = [];
    const beganAt = performance.now();
    let ran = 0;
    const resident: Resident[] = [];
    for (const { inFlight, tasks } of loads) {
      const results: { floor: Round[]; easel: Round[] } = { floor: [], easel: [] };
      for (let round = 0; round < rounds; round += 1) {
        results.floor.push(await runRound(floor, inFlight, tasks));
        results.easel.push(await runRound(easel, inFlight, tasks));
        ran += tasks;
        resident.push({ tasks: ran, mebibytes: results.easel.at(-1)?.residentMiB ?? Number.NaN });
        if (context.hadItsShare(beganAt)) break;
      }
      rows.push(...rowsOf(where, inFlight, results));
      if (inFlight === 50 && queue === 'redis') {
        rows.push(
          measured({
            figure: `event-loop delay, p99, ${inFlight} in flight (${where})`,
            unit: 'ms',
            values: results.easel.map(({ loopDelayMs }) => loopDelayMs),
            goal: { most: 20 },
            why: 'At full load on few processors the pipeline shares them with Postgres, Redis and the stand-in',
            against: `floor ${median(results.floor.map(({ loopDelayMs }) => loopDelayMs)).toFixed(1)} ms`,
          }),
        );
      }
    }
    const after = (await easel.pipeline.call<Usage>('usage')).residentMiB;
    rows.push(
      compared({
        figure: `memory after ${ran} tasks, against after ${warmUp} (${where})`,
        unit: 'MiB',
        floor: [idle],
        easel: [after],
        goal: { most: 1.25 },
        why: 'Buffers of pictures on their way are freed late',
      }),
      measured({
        figure: `runs taken for lost, in ${ran + warmUp} tasks (${where})`,
        unit: '',
        values: [await countLostRuns(easel.databaseUrl)],
        goal: { most: 0 },
      }),
    );
    // Over fewer, what a collection frees, or not yet, is more than what stays.
    if (ran >= tasksThatTell) {
      rows.push(
        measured({
          figure: `memory's growth for each 1,000 tasks, over the later half of ${ran} (${where})`,
          unit: 'MiB',
          values: [growthOf(resident.slice(resident.length >> 1))],
          goal: { most: 1 },
        }),
      );
    }
    return rows;
  } finally {
    await closeContender(easel);
    await closeContender(floor);
  }
}

export async function openContender(
  { servers }: BenchContext,
  script: 'floor.ts' | 'easel.ts',
  platform: PipelineOptions['platform'],
  queue: QueueKind,
  more: object = {},
): Promise<Contender> {
  const chats = await startPeer('chats.ts', { platform });
  const address = await chats.call<{ apiUrl: string; token: string }>('address');
  const databaseUrl = await servers.createDatabase();
  const options: PipelineOptions = {
    platform,
    ...address,
    databaseUrl,
    redisUrl: queue === 'redis' ? servers.redisUrl : undefined,
    folder: servers.folder,
    ...more,
  };
  return { chats, pipeline: await startPeer(script, options), databaseUrl };
}

export async function closeContender({
  chats,
  pipeline,
}: Pick<Contender, 'chats' | 'pipeline'>): Promise<void> {
  await pipeline.end();
  await chats.end();
}

async function runRound(
  { chats, pipeline }: Contender,
  inFlight: number,
  tasks: number,
): Promise<Round> {
  await pipeline.call('usage');
  const beganAt = performance.now();
  const samples = await chats.call<Sample[]>('load', { inFlight, tasks });
  const seconds = (performance.now() - beganAt) / 1000;
  const usage = await pipeline.call<Usage>('usage');
  const answers = samples.map(({ sentAt, answeredAt }) => answeredAt - sentAt);
  const images = samples.map(({ sentAt, shownAt }) => shownAt - sentAt);
  return {
    answer50: median(answers),
    answer99: percentile(answers, 0.99),
    image50: median(images),
    image99: percentile(images, 0.99),
    perSecond: tasks / seconds,
    cpuMs: usage.cpuMs / tasks,
    loopDelayMs: usage.loopDelayP99Ms,
    residentMiB: usage.residentMiB,
  };
}

interface Resident {
  /** Run until then. */
  readonly tasks: number;
  readonly mebibytes: number;
}

/** MiB for each 1,000 tasks: the slope of the line that fits best. */
function growthOf(resident: readonly Resident[]): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const tasks = mean(resident.map((one) => one.tasks));
  const mebibytes = mean(resident.map((one) => one.mebibytes));
  const across = mean(resident.map((one) => (one.tasks - tasks) * (one.mebibytes - mebibytes)));
  return (1000 * across) / mean(resident.map((one) => (one.tasks - tasks) ** 2));
}

/** Nobody died: each would be a false alarm. */
async function countLostRuns(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query("select 1 from runs where outcome = 'lost'");
    return rows.length;
  } finally {
    await client.end();
  }
}

function rowsOf(
  where: string,
  inFlight: number,
  { floor, easel }: { floor: readonly Round[]; easel: readonly Round[] },
): Row[] {
  const row = (figure: string, key: keyof Round, unit: string, goal: object) =>
    compared({
      figure: `${figure}, ${inFlight} in flight (${where})`,
      unit,
      floor: floor.map((round) => round[key]),
      easel: easel.map((round) => round[key]),
      goal,
      why: moreWork,
    });
  const latencies =
    inFlight === 50
      ? [
          row('command → first visible answer, p50', 'answer50', 'ms', { most: 1.5 }),
          row('command → first visible answer, p99', 'answer99', 'ms', { most: 2 }),
          row('command → image visible, p50', 'image50', 'ms', { most: 1.5 }),
          row('command → image visible, p99', 'image99', 'ms', { most: 2 }),
        ]
      : [];
  return [
    ...latencies,
    row('tasks a second', 'perSecond', '/s', { least: 0.75 }),
    row('processor time a task', 'cpuMs', 'ms', { most: 1.3 }),
  ];
}
