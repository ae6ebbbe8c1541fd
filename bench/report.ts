import type { PartResult, Results } from './results.js';
import { reasonsOf, tableOf } from './row.js';
import { digits } from './statistics.js';

/** The whole of `bench/README.md`, with the parts in the order of their names here. */
export function readmeOf(results: Results, names: readonly string[]): string {
  const known = names.flatMap((name): [string, PartResult][] => {
    const result = results[name];
    return result ? [[name, result]] : [];
  });
  const rows = known.flatMap(([, result]) => result.rows);
  const machines = [...new Set(known.map(([, { machine }]) => machine))];
  const missing = names.filter((name) => results[name] === undefined);
  return `# Bench

Written by \`npm run bench\`, which measures all parts, with \`-- --quick\` those that fit into three minutes
with fewer tasks, and with \`-- --only deep,grid\` those of these names. A part that is not measured
stays as it was. Machine: ${machines.join('; and ')}.

Times do not carry from one machine to another, ratios do: the floor (\`floor.ts\`: an update in, one
row, one BullMQ job, a 1 MB picture out, written by hand with the same libraries) and Easel are
measured in turn in the same run, on stand-ins of the platforms over loopback, with nothing else
running. A value is the median of the rounds, with the least and the most of them in brackets.
Platforms' rate limits are off on both sides, the backend answers at once, and people ask again as
soon as their image is there. Postgres writes to the disk before it answers, as after \`npm start\`.
The stand-in and the people run in a process of their own, of which there is one a pipeline.
Processor time is the pipeline's process alone, without Postgres and Redis.

${tableOf(rows)}

Why rows miss their goals:

${reasonsOf(rows)}

The floor keeps no inbox, has no fairness, no limits, no leases, no card that follows a task's states,
stores no image and forgets what it was doing when it ends.

## How the parts were measured

| part | on | in | load before | tasks |
|---|---|---|---|---|
${known.map(partLine).join('\n')}
${missing.length === 0 ? '' : `\nNot measured yet: ${missing.join(', ')}.\n`}
## From a command to its image

${results.profile?.text ?? 'Not measured yet.'}
`;
}

function partLine([name, { measuredAt, seconds, quick, load }]: [string, PartResult]): string {
  const tasks = quick ? 'fewer' : 'all';
  return `| ${name} | ${measuredAt.slice(0, 10)} | ${seconds} s | ${digits(load)} | ${tasks} |`;
}
