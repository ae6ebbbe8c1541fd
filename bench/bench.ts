/** Measures Easel beside the floor and writes what came of it into results.json and README.md here. */
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchContext } from './bench-context.js';
import { readmeOf } from './report.js';
import { keepResult, readResults } from './results.js';
import type { Row } from './row.js';
import { runningCards } from './rows/budgets.js';
import { batchRounds, cancelReaches, deepQueue, killedWorker, scaling } from './rows/engine.js';
import { grids } from './rows/grid.js';
import { closeContender, comparePipelines, openContender } from './rows/pipelines.js';
import { processRows } from './rows/process.js';
import { profile } from './rows/profile.js';
import { startServers } from './services.js';

const { values } = parseArgs({
  options: {
    /** Under three minutes: fewer tasks a round. */
    quick: { type: 'boolean', default: false },
    /** Only the parts whose names begin so, e.g. `telegram,grid`. */
    only: { type: 'string' },
  },
});

const beganAt = Date.now();
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.version}, ${process.platform}`;
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
/** Each gives lines of the table; the profile is a text of its own. */
const parts: Record<string, () => Promise<Row[] | string>> = {
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
  profile: () => profile(context),
};

async function main(): Promise<void> {
  const chosen = values.only?.split(',');
  const names = Object.keys(parts);
  for (const name of names) {
    if (chosen && !chosen.some((prefix) => name.startsWith(prefix))) continue;
    if (values.quick && Date.now() - beganAt > quickMs && name !== 'profile') {
      say(`${name}: left as it was, as a quick run has no time left`);
      continue;
    }
    const before = { measuredAt: new Date().toISOString(), load: loadavg()[0] ?? 0 };
    const partBeganAt = performance.now();
    const found = await parts[name]?.();
    const result = typeof found === 'string' ? { rows: [], text: found } : { rows: found ?? [] };
    const seconds = Math.round((performance.now() - partBeganAt) / 1000);
    await keepResult(name, { ...result, ...before, seconds, quick: values.quick, machine });
  }
  const text = readmeOf(await readResults(), names);
  await writeFile(join(import.meta.dirname, 'README.md'), text);
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
