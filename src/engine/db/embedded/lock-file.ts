import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, processIdentity } from './process-identity.js';

const RETRY_AFTER_MS = 25;

/**
 * Runs `work` while this process alone holds the lock file; a lock whose process is gone is taken
 * over. The folder must exist.
 * @throws when a living process holds it for longer than `patienceMs`.
 */
export async function withLockFile<T>(
  path: string,
  patienceMs: number,
  work: () => Promise<T>,
): Promise<T> {
  await acquire(path, patienceMs);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  const mine = `${path}.${randomBytes(6).toString('hex')}`;
  // Linked into place complete, so that nobody ever reads a lock without its owner.
  await writeFile(mine, processIdentity(process.pid) ?? '');
  try {
    while (!(await linked(mine, path))) {
      const holder = await contentOf(path);
      if (holder !== undefined && !isAlive(holder)) {
        await removeStale(path, holder);
      } else if (performance.now() > deadline) {
        throw new Error(`${path} is held by process ${Number.parseInt(holder ?? '', 10)}`);
      } else {
        await sleep(RETRY_AFTER_MS);
      }
    }
  } finally {
    await rm(mine, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Moves the lock aside before deleting it: another process may have replaced it meanwhile. */
async function removeStale(path: string, staleContent: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await contentOf(aside)) !== staleContent) await linked(aside, path);
  await rm(aside, { force: true });
}
