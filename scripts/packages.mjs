import { statSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { root, run, setUpLock } from './project.mjs';

const OLDEST_NODE = { major: 20, minor: 19 };

/** Installs the packages when there are none, or when the lock file has changed since. */
export async function ensurePackages() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE.major || (major === OLDEST_NODE.major && minor < OLDEST_NODE.minor)) {
    const oldest = `${OLDEST_NODE.major}.${OLDEST_NODE.minor}`;
    throw new Error(`Easel needs Node.js ${oldest} or later; this is ${process.versions.node}`);
  }
  if (areCurrent()) return;
  await withLock(setUpLock, async () => {
    if (areCurrent()) return;
    console.error('Installing packages …');
    const args = [
      'ci',
      '--ignore-scripts',
      '--include=dev',
      '--no-audit',
      '--no-fund',
      '--no-update-notifier',
    ];
    const code = await run('npm', args);
    if (code !== 0) throw new Error(`npm ${args.join(' ')} failed with exit code ${code}`);
  });
}

/** npm writes the second file when it has installed what the first one says. */
function areCurrent() {
  const wanted = modifiedMs('package-lock.json');
  const installed = modifiedMs('node_modules/.package-lock.json');
  return installed !== undefined && wanted !== undefined && installed >= wanted;
}

/** @param {string} path */
function modifiedMs(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs;
}
