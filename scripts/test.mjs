import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './packages.mjs';
import { endWithNpm } from './parent.mjs';
import { fail, root } from './project.mjs';

const cache = join(root, 'node_modules/.cache');
const vitestReport = join(cache, 'vitest-report.json');
/** For `.ci/run`. */
const summaryFile = join(cache, 'test-summary.json');

endWithNpm();
await ensurePackages().catch(fail);
mkdirSync(cache, { recursive: true });
for (const path of [vitestReport, summaryFile]) rmSync(path, { force: true });

/** @type {import('node:child_process').ChildProcess | undefined} */
let current;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    // A terminal's Ctrl-C has reached the step already.
    if (signal !== 'SIGINT') current?.kill(signal);
    stopping = true;
  });
}
let stopping = false;

/** Biome writes colours into files and pipes too. */
const biomeColors = process.stdout.isTTY ? [] : ['--colors=off'];

/** Every step runs, also after one has failed. Arguments are for vitest alone. */
const checks = [
  {
    name: 'format, lint and import directions',
    tool: '@biomejs/biome/bin/biome',
    args: ['ci', ...biomeColors, '.'],
  },
  { name: 'types', tool: 'typescript/bin/tsc', args: [] },
  { name: 'unused code and packages', tool: 'knip/bin/knip.js', args: ['--no-progress'] },
];
const failedChecks = [];
for (const { name, tool, args } of checks) {
  if (!(await passes(name, tool, args))) failedChecks.push(name);
}
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`];
const testsPass = await passes('tests', 'vitest/vitest.mjs', [
  'run',
  ...reporters,
  ...process.argv.slice(2),
]);

const totals = testTotals(testsPass);
writeFileSync(summaryFile, JSON.stringify({ ...totals, failedChecks }));
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`\nTests: ${totals.passed} passed, ${totals.failed} failed${skipped}`);
console.log(
  `Checks: ${failedChecks.length === 0 ? 'all passed' : `failed: ${failedChecks.join('; ')}`}`,
);
process.exit(testsPass && failedChecks.length === 0 ? 0 : 1);

/**
 * @param {string} name
 * @param {string} tool
 * @param {readonly string[]} args
 * @returns {Promise<boolean>}
 */
async function passes(name, tool, args) {
  if (stopping) return false;
  console.log(`\n── ${name} ──`);
  const began = performance.now();
  current = spawn(process.execPath, [join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  const code = await new Promise((resolve) => current?.once('exit', resolve));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  return code === 0;
}

/**
 * A file that does not load has no tests to count, and counts as one that failed; so does a run
 * that ended without a report, or failed by something outside of the tests.
 * @param {boolean} testsPass
 */
function testTotals(testsPass) {
  /** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: { status: string, assertionResults: { status: string }[] }[] } | undefined} */
  let report;
  try {
    report = JSON.parse(readFileSync(vitestReport, 'utf8'));
  } catch (error) {
    console.error(`vitest left no report: ${error}`);
  }
  const unloaded = (report?.testResults ?? []).filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = (report?.numFailedTests ?? 0) + unloaded.length;
  return {
    passed: report?.numPassedTests ?? 0,
    failed: failed === 0 && !testsPass ? 1 : failed,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}
