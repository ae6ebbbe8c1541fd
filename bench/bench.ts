/** Measures Easel beside the floor and writes what came of it into README.md here. */
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchContext } from './bench-context.js';
import { readmeOf } from './report.js';
import type { Row } from './row.js';
import { runningCards } from './rows/budgets.js';
import { batchRounds, cancelReaches, deepQueue, killedWorker, scaling } from './rows/engine.js';
import { grids } from './rows/grid.js';
import { closeContender, comparePipelines, openContender } from './rows/pipelines.js';
import { processRows } from './rows/process.js';
import { profile } from './rows/profile.js';
import { startServers } from './services.js';
import { digits } from './statistics.js';

const { values } = parseArgs({
  options: {
    /** Under three minutes: fewer tasks a round. */
    quick: { type: 'boolean', default: false },
    /** Only the parts whose names begin so, e.g. `telegram`; the table is printed, not written. */
    only: { type: 'string' },
  },
});

const beganAt = new Date();
const load = digits(loadavg()[0] ?? 0);
const servers = await startServers();
const say = (text: string) => console.error(`· ${text}`);
/** A quick run is over in three minutes also where the machine is slow or busy. */
const quickMs = 120_000;
const quickShareMs = 20_000;
const context: BenchContext = {
  servers,
  quick: values.quick,
  say,
  hadItsShare: (partBeganAt) => values.quick && performance.now() - partBeganAt > quickShareMs,
};

const cancelContender = () =>
  openContender(context, 'easel.ts', 'telegram', 'redis', { runMs: 20_000, concurrency: 8 });
const parts: Record<string, () => Promise<Row[]>> = {
  'telegram-redis': () => comparePipelines(context, 'telegram', 'redis'),
  'discord-redis': () => comparePipelines(context, 'discord', 'redis'),
  'telegram-postgres': () => comparePipelines(context, 'telegram', 'postgres'),
  ...(values.quick
    ? {}
    : { 'discord-postgres': () => comparePipelines(context, 'discord', 'postgres') }),
  killed: () => killedWorker(context),
  cancel: () => cancelReaches(context, cancelContender, closeContender),
  batch: () => batchRounds(context),
  scaling: () => scaling(context),
  deep: () => deepQueue(context),
  process: () => processRows(context),
  grid: () => grids(context),
  // Each takes two minutes by the platforms' own clocks.
  ...(values.quick
    ? {}
    : {
        'cards-telegram': () => runningCards(context, 'telegram'),
        'cards-discord': () => runningCards(context, 'discord'),
      }),
};

async function main(): Promise<void> {
  const rows: Row[] = [];
  const leftOut: string[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (values.only !== undefined && !name.startsWith(values.only)) continue;
    if (values.quick && Date.now() - beganAt.getTime() > quickMs) leftOut.push(name);
    else rows.push(...(await measure()));
  }
  const isWhole = values.only === undefined;
  const profiled = isWhole || values.only === 'profile' ? await profile(context) : '';
  const [cpu] = cpus();
  const text = readmeOf({
    rows,
    leftOut,
    profile: profiled,
    machine: `${cpus().length} × ${cpu?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.version}, ${process.platform}; load average at the start ${load}`,
    beganAt,
    seconds: Math.round((Date.now() - beganAt.getTime()) / 1000),
    quick: values.quick,
  });
  if (isWhole) await writeFile(join(import.meta.dirname, 'README.md'), text);
  console.log(text);
}

// A signal ends the servers too: the Postgres would live on by itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void servers.stop().finally(() => process.exit(1)));
}
try {
  await main();
} finally {
  await servers.stop();
}
