import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 600_000;

/**
 * Runs `work` while no other process does, told by a file with the owner's pid. It comes before
 * the packages and the build, and so can't use the engine's own lock.
 * @template T
 * @param {string} path
 * @param {() => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  const deadline = performance.now() + PATIENCE_MS;
  while (!taken(path)) {
    const owner = ownerOf(path);
    if (owner !== undefined && !isRunning(owner)) rmSync(path, { force: true });
    else if (performance.now() < deadline) await sleep(100);
    else
      throw new Error(
        `Process ${owner} has held ${path} for ten minutes: delete the file if it is gone`,
      );
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** @param {string} path */
function taken(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Undefined also in the instant between a lock's making and its owner's writing into it.
 * @param {string} path
 */
function ownerOf(path) {
  try {
    return Number(readFileSync(path, 'utf8')) || undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}
