import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processIdentity } from '../../src/engine/db/embedded/process-identity.js';
import { projectRoot } from '../support/clone.js';
import { whenKilled } from '../support/end-with-parent.js';

/** Says what it is, waits, and says what ended it. */
const program = (name: string) => `
import { readFileSync, writeFileSync } from 'node:fs';
const text = readFileSync(new URL('./locales/en.ftl', import.meta.url), 'utf8').trim();
writeFileSync('pid', String(process.pid));
console.log(\`${name} says \${text}\`);
process.once('SIGTERM', () => {
  writeFileSync('ended', 'by SIGTERM');
  process.exit(0);
});
setInterval(() => undefined, 1_000);
`;

let folder: string;
const starts: ChildProcess[] = [];

/** A small project with the real scripts and packages. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-start-'));
  const names = [
    'scripts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ];
  for (const name of names) {
    await cp(join(projectRoot, name), join(folder, name), { recursive: true });
  }
  await utimes(join(folder, 'package-lock.json'), 0, 0);
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'src/locales'), { recursive: true });
  await writeFile(join(folder, 'src/locales/en.ftl'), 'hello');
  await writeFile(join(folder, 'src/main.ts'), program('one'));
});

afterEach(endAll);
whenKilled(endAll);

async function endAll(): Promise<void> {
  for (const start of starts.splice(0)) {
    if (start.exitCode !== null || start.signalCode !== null) continue;
    start.kill('SIGKILL');
    await once(start, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
}

function spawnInFolder(command: string, ...args: string[]) {
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  starts.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return { child, output: () => output };
}

const start = () => spawnInFolder(process.execPath, 'scripts/start.mjs');

async function until(condition: () => boolean | Promise<boolean>, told: () => string) {
  const deadline = performance.now() + 50_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited 50 s in vain: ${told()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('compiles before it starts, once for two that start together', async () => {
  const both = [start(), start()];
  for (const { output } of both) await until(() => output().includes('one says hello'), output);
  const compilations = both.filter(({ output }) => output().includes('Compiling'));
  expect(compilations).toHaveLength(1);
});

it('compiles again when the source has changed, and only then', async () => {
  const first = start();
  await until(() => first.output().includes('one says hello'), first.output);
  const second = start();
  await until(() => second.output().includes('one says hello'), second.output);
  expect(second.output()).not.toContain('Compiling');

  await writeFile(join(folder, 'src/main.ts'), program('two'));
  await writeFile(join(folder, 'src/locales/en.ftl'), 'good day');
  const third = start();
  await until(() => third.output().includes('two says good day'), third.output);
});

it('does not start what does not compile', async () => {
  await writeFile(
    join(folder, 'src/main.ts'),
    'const value: number = "text";\nconsole.log(value);\n',
  );
  const { child, output } = start();
  await once(child, 'close');
  expect(child.exitCode).toBe(1);
  expect(output()).toContain('TS2322');
  expect(output().trim().split('\n').at(-1)).toBe('The source does not compile');
});

it('is not held up by a start that was killed in the middle', async () => {
  await writeFile(join(folder, '.setup.lock'), '4194303');
  const { output } = start();
  await until(() => output().includes('one says hello'), output);
});

it.runIf(process.platform === 'linux').each(['SIGTERM', 'SIGKILL'] as const)(
  'ends in good order when npm is ended by %s',
  async (signal) => {
    const { child, output } = spawnInFolder('npm', 'start');
    await until(() => output().includes('one says hello'), output);
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    child.kill(signal);
    const ended = () => readFile(join(folder, 'ended'), 'utf8').catch(() => '');
    await until(async () => (await ended()) === 'by SIGTERM', output);
    await until(() => processIdentity(pid) === undefined, output);
  },
);
