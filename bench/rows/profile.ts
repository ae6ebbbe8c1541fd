import type { BenchContext } from '../bench-context.js';
import type { Sample } from '../chat-load.js';
import { digits, median } from '../statistics.js';
import type { Span } from '../trace.js';
import { closeContender, openContender } from './pipelines.js';

/** Where the time between one command and its image goes, with nothing else under way. */
export async function profile(context: BenchContext): Promise<string> {
  context.say('profile: one command at a time');
  const easel = await openContender(context, 'easel.ts', 'telegram', 'redis', { traced: true });
  try {
    await easel.chats.call('load', { inFlight: 1, tasks: 20 });
    const commands: Step[][] = [];
    const statements: number[] = [];
    for (let n = 0; n < (context.quick ? 30 : 100); n += 1) {
      // What the command before left behind is over by then.
      await new Promise((resolve) => setTimeout(resolve, 60));
      await easel.pipeline.call('trace');
      const [sample] = await easel.chats.call<Sample[]>('load', { inFlight: 1, tasks: 1 });
      await new Promise((resolve) => setTimeout(resolve, 40));
      const spans = await easel.pipeline.call<Span[]>('trace');
      if (!sample) continue;
      commands.push(stepsOf(sample, spans));
      statements.push(spans.filter(({ name }) => name === 'statement').length);
    }
    return textOf(commands, median(statements));
  } finally {
    await closeContender(easel);
  }
}

interface Step {
  readonly what: string;
  readonly kind: string;
  readonly ms: number;
}

/** The marks that follow each other on the way; what lies between two of them is one step. */
function stepsOf({ sentAt, shownAt }: Sample, spans: readonly Span[]): Step[] {
  const first = (name: string) => spans.find((span) => span.name === name);
  const last = (name: string) => spans.findLast((span) => span.name === name);
  const inbox = first('inbox');
  const submit = first('submit');
  const queued = first('queue.add');
  const worker = first('worker');
  const backend = first('backend');
  const stored = first('store.put');
  const shown = last('show final');
  const read = last('readImage');
  const marks: [string, string, number | undefined][] = [
    ['the update reaches the bot (the stand-in gathers 2 ms)', 'chat', inbox?.beganAt],
    ['the inbox row', 'database', inbox?.endedAt],
    ['command, user and options', 'database', submit?.beganAt],
    ['submit: one transaction', 'database', submit?.endedAt],
    ['admission: one transaction', 'database', queued?.beganAt],
    ['into the queue', 'queue', queued?.endedAt],
    ['out of the queue, to a worker', 'queue', worker?.beganAt],
    ['the worker takes its lease', 'database', backend?.beganAt],
    ['the backend', 'backend', backend?.endedAt],
    ['the image is inspected', 'encoding', stored?.beganAt],
    ['the image is stored and flushed', 'files', stored?.endedAt],
    ['outcome recorded, card read again', 'database', shown?.beganAt],
    ['the image is read and fitted', 'encoding', read?.endedAt],
    ['sent: 1 MB', 'sends', shownAt],
  ];
  const steps: Step[] = [];
  let before = sentAt;
  for (const [what, kind, at] of marks) {
    if (at === undefined) continue;
    steps.push({ what, kind, ms: Math.max(0, at - before) });
    before = Math.max(before, at);
  }
  return steps;
}

function textOf(commands: readonly (readonly Step[])[], statements: number): string {
  const names = [...new Set(commands.flatMap((steps) => steps.map(({ what }) => what)))];
  const medians = names.map((what) => {
    const found = commands.flatMap((steps) => steps.filter((step) => step.what === what));
    return { what, kind: found[0]?.kind ?? '', ms: median(found.map(({ ms }) => ms)) };
  });
  const total = medians.reduce((sum, { ms }) => sum + ms, 0);
  const share = (ms: number) => `${Math.round((100 * ms) / total)} %`;
  const kinds = new Map<string, number>();
  for (const { kind, ms } of medians) kinds.set(kind, (kinds.get(kind) ?? 0) + ms);
  const sums = [...kinds].sort(([, a], [, b]) => b - a);
  return [
    `One command at a time on Telegram and Redis: ${digits(total)} ms to the image, medians of ${commands.length} commands; ${statements} statements to Postgres for each, some of them beside the way.`,
    '',
    '| step | kind | ms | share |',
    '|---|---|---|---|',
    ...medians.map(({ what, kind, ms }) => `| ${what} | ${kind} | ${digits(ms)} | ${share(ms)} |`),
    '',
    `In sum: ${sums.map(([kind, ms]) => `${kind} ${digits(ms)} ms (${share(ms)})`).join(', ')}.`,
    '',
    'The largest part was the database, with 55 statements for a command. What was done about it: the',
    'submission and the outcome are one statement each, and an admission is one pass over all free slots;',
    'a card is read with all it shows in one statement, and only when a signal names it; statements that',
    'are used again and again are prepared; admissions do not wait for the disk',
    '(`docs/decisions/0012-commits-without-flush.md`); people and quotas are not read again within',
    'moments; a state that ends as soon as it began is not shown. With many at once, statements of a kind',
    'go together (`docs/decisions/0025-gathered-statements.md`), so that fifty people at once cost some six',
    'statements each; pictures that were just stored are not read back; and cards have',
    'one index less that each new state would write. What is left is what the promises stand on',
    '(`docs/decisions/0026-what-keeping-costs.md`).',
  ].join('\n');
}
