import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const setUpLock = join(root, '.setup.lock');

/**
 * Runs a program in the project's folder, its output below ours.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code, 1 where a signal ended it
 */
export function run(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Ends a script with one line instead of a stack.
 * @param {unknown} error
 * @returns {never}
 */
export function fail(error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
