import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withLockFile } from '../../src/engine/db/embedded/lock-file.js';
import { projectRoot } from './clone.js';

const execute = promisify(execFile);
const DOWNLOAD_WITHIN_MS = 300_000;
const DOCKER_IMAGE = 'redis:7-alpine';

/** How to start a Redis here: a program with its libraries, or an image. */
export type RedisBinary =
  | { kind: 'program'; path: string; libraryPath?: string }
  | { kind: 'docker'; image: string };

/**
 * `redis-server` on the path; else Debian's package, unpacked into this clone (nothing is installed
 * and no service started); else Docker.
 * @throws when there is none of these; the message says how to get one.
 */
export async function findRedis(): Promise<RedisBinary> {
  if (await works('redis-server', ['--version'])) return { kind: 'program', path: 'redis-server' };
  const reasons: string[] = [];
  if (await works('apt-get', ['--version'])) {
    try {
      return await unpackedFromDebian();
    } catch (error) {
      reasons.push(`apt-get: ${lastLine(error)}`);
    }
  }
  if (await works('docker', ['info'])) return { kind: 'docker', image: DOCKER_IMAGE };
  const tried = reasons.length > 0 ? ` (${reasons.join('; ')})` : '';
  throw new Error(
    `The tests need Redis: install redis-server (for example: sudo apt-get install redis-server, or brew install redis), or start Docker${tried}`,
  );
}

async function works(command: string, args: string[]): Promise<boolean> {
  return execute(command, args).then(
    () => true,
    () => false,
  );
}

async function unpackedFromDebian(): Promise<RedisBinary> {
  const cache = join(projectRoot, 'node_modules/.cache');
  const root = join(cache, 'redis');
  await mkdir(cache, { recursive: true });
  return withLockFile(join(cache, 'redis.lock'), DOWNLOAD_WITHIN_MS, async () => {
    const unpacked = await programIn(root);
    if (unpacked) return unpacked;
    await rm(root, { recursive: true, force: true });
    const unfinished = `${root}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await download(join(unfinished, 'archives')).catch(async () => {
      // The lists of a fresh container are empty, and old ones name packages that are gone.
      await execute('apt-get', ['update'], { timeout: DOWNLOAD_WITHIN_MS });
      await download(join(unfinished, 'archives'));
    });
    for (const name of await readdir(join(unfinished, 'archives'))) {
      if (!name.endsWith('.deb')) continue;
      await execute('dpkg', ['-x', join(unfinished, 'archives', name), unfinished]);
    }
    await rename(unfinished, root);
    const program = await programIn(root);
    if (!program) throw new Error(`redis-server from Debian's package does not run in ${root}`);
    return program;
  });
}

/** The package and those of its dependencies that this system lacks. */
async function download(folder: string): Promise<void> {
  await mkdir(join(folder, 'partial'), { recursive: true });
  const options = ['-o', `Dir::Cache::archives=${folder}`, '-o', 'Debug::NoLocking=1'];
  const args = ['install', '-y', '--download-only', '--no-install-recommends', ...options];
  await execute('apt-get', [...args, 'redis-server'], { timeout: DOWNLOAD_WITHIN_MS });
}

async function programIn(root: string): Promise<RedisBinary | undefined> {
  const path = join(root, 'usr/bin/redis-server');
  const libraries = await readdir(join(root, 'usr/lib')).catch(() => []);
  const libraryPath = libraries.map((name) => join(root, 'usr/lib', name)).join(':');
  const env = { ...process.env, LD_LIBRARY_PATH: libraryPath };
  return execute(path, ['--version'], { env }).then(
    () => ({ kind: 'program', path, libraryPath }),
    () => undefined,
  );
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).split('\n').at(-1) ?? '';
}
