import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type EaselProcess, startEasel } from './demo/easel-process.js';
import { listenForInterruption, signalExitCodes } from './demo/interruption.js';
import { type OutputFolder, openOutputFolder, shown } from './demo/output-folder.js';
import { createReport, type Report } from './demo/report.js';
import { createScreen, type Screen } from './demo/screen.js';
import { watchCards } from './demo/sightings.js';
import { openStudio, type Studio } from './demo/studio.js';
import { takeTour } from './demo/tour.js';

const usage = `npm run demo -- [--once] [--output FOLDER]

  --once            end after the tour: with 0 if all went right, else with 1
  --output FOLDER   for images, log and data; demo-output in the project by default`;

const projectFolder = resolve(import.meta.dirname, '../..');
const logLinesOnFailure = 20;

async function main(): Promise<number> {
  const options = readArguments();
  if (typeof options === 'number') return options;
  const screen = createScreen(process.stdout, process.env);
  const folder = await openOutputFolder(options.output);
  const studio = await openStudio();
  try {
    return await show(screen, folder, studio, options.once);
  } finally {
    await studio.close();
    await folder.release();
  }
}

/** @returns the exit code */
async function show(
  screen: Screen,
  folder: OutputFolder,
  studio: Studio,
  isOnce: boolean,
): Promise<number> {
  let easel: EaselProcess | undefined;
  const interruption = listenForInterruption(() => {
    easel?.kill();
    process.exit(1);
  });
  const { discord, telegram } = studio;
  screen.title('Easel', 'a tour of the studio, on a Discord and a Telegram of its own');
  screen.started('Local Discord', discord.url);
  screen.started('Local Telegram', telegram.url);
  easel = await startEasel(folder, studio);
  const { gone, pid } = easel;
  const { signal } = interruption;
  const report = createReport({ screen, folder, gone, signal });
  const watch = watchCards(discord, telegram, (sighting) => {
    if (!signal.aborted) screen.sighting(sighting);
  });

  const tour = async () => {
    try {
      await easel?.ready();
      const readyS = (watch.nowMs() / 1000).toFixed(1);
      screen.started('Easel', `as npm start runs it, process ${pid}, ready after ${readyS} s`);
      await takeTour({ ...studio, watch }, report);
    } catch (error) {
      report.problem(messageOf(error));
    }
  };
  let stoppedBy = await Promise.race([tour(), interruption.requested]);
  const exitCode = stoppedBy ? signalExitCodes[stoppedBy] : report.problems.length === 0 ? 0 : 1;
  if (!stoppedBy) {
    await sayVerdict(screen, report, easel, folder, watch.nowMs());
    if (!isOnce) {
      sayWhatRuns(screen, folder, studio);
      stoppedBy = await Promise.race([interruption.requested, gone.catch(() => undefined)]);
    }
  }
  if (stoppedBy) {
    screen.line();
    screen.note(
      `  ${stoppedBy}: what runs is finished or handed back. Ctrl-C again does not wait.`,
    );
  }
  const easelsCode = await easel.stop();
  if (easelsCode === 0) return exitCode;
  screen.bad(`Easel ended with exit code ${easelsCode ?? 'none'} instead of 0`);
  return 1;
}

async function sayVerdict(
  screen: Screen,
  { problems, savedCount }: Report,
  easel: EaselProcess,
  folder: OutputFolder,
  tookMs: number,
): Promise<void> {
  screen.line();
  if (problems.length === 0) {
    const where = `${savedCount} pictures in ${shown(folder.path)}`;
    screen.good(`Everything as promised, in ${(tookMs / 1000).toFixed(0)} s. ${where}`);
    return;
  }
  screen.bad(`${problems.length} of the promises broken:`);
  for (const problem of problems) screen.line(`    ${problem}`);
  screen.note(`\n  The end of ${shown(folder.logFile)}:`);
  screen.line(await easel.logTail(logLinesOnFailure));
}

function sayWhatRuns(screen: Screen, folder: OutputFolder, { discord, telegram }: Studio): void {
  screen.line();
  screen.line('  Everything stays up: both platforms, both bots, the worker and its database.');
  screen.note(`  Images    ${shown(folder.path)}`);
  screen.note(`  Log       ${shown(folder.logFile)}`);
  screen.note(`  Discord   ${discord.url}`);
  screen.note(`  Telegram  ${telegram.url}`);
  screen.line('  Ctrl-C ends it.');
}

/** @returns an exit code where there is nothing to be done */
function readArguments(): { once: boolean; output: string } | number {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: 'boolean', default: false },
        output: { type: 'string', default: resolve(projectFolder, 'demo-output') },
        help: { type: 'boolean', default: false },
      },
    });
    if (!values.help) return { once: values.once, output: resolve(values.output) };
    console.log(usage);
    return 0;
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`);
    return 1;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// A terminal that was closed must not keep us from ending in good order.
process.stdout.on('error', () => undefined);
process.exit(
  await main().catch((error: unknown) => {
    console.error(messageOf(error));
    return 1;
  }),
);
