import { type Row, reasonsOf, tableOf } from './row.js';

export interface Report {
  readonly rows: readonly Row[];
  /** Parts for which a quick run had no time. */
  readonly leftOut: readonly string[];
  readonly profile: string;
  /** Processor, memory and versions, in one line. */
  readonly machine: string;
  readonly beganAt: Date;
  readonly seconds: number;
  readonly quick: boolean;
}

/** The whole of `bench/README.md`. */
export function readmeOf(report: Report): string {
  const { rows, leftOut, profile, machine, beganAt, seconds, quick } = report;
  const missing =
    leftOut.length === 0
      ? ''
      : `\nLeft out, as a quick run has no time left: ${leftOut.join(', ')}.\n`;
  return `# Bench

Written by \`npm run bench${quick ? ' -- --quick' : ''}\` on ${beganAt.toISOString().slice(0, 10)} in ${seconds} s.
Machine: ${machine}.

Times do not carry from one machine to another, ratios do: the floor (\`floor.ts\`: an update in, one
row, one BullMQ job, a 1 MB picture out, written by hand with the same libraries) and Easel are
measured in turn in the same run, on stand-ins of the platforms over loopback, with nothing else
running. A value is the median of the rounds, with the least and the most of them in brackets.
Platforms' rate limits are off on both sides, the backend answers at once, and people ask again as
soon as their image is there. Postgres writes to the disk before it answers, as after \`npm start\`.
The stand-in and the people run in a process of their own, of which there is one a pipeline.
Processor time is the pipeline's process alone, without Postgres and Redis.

${tableOf(rows)}
${missing}
Why rows miss their goals:

${reasonsOf(rows)}

The floor keeps no inbox, has no fairness, no limits, no leases, no card that follows a task's states,
stores no image and forgets what it was doing when it ends.

## From a command to its image

${profile}
`;
}
