import { readFileSync } from 'node:fs';

const CHECK_EVERY_MS = 500;

/**
 * Sends ourselves SIGTERM when npm, which started us through a shell, is gone. npm killed with -9
 * passes nothing on, and its shell does not pass on SIGTERM either: either way we would run on
 * with nobody to stop us. Started by something else than npm, we outlive it as usual.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const npm = parentOf(shell);
  const timer = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_EVERY_MS);
  timer.unref();
}

/**
 * Sends ourselves SIGTERM when our standard input ends: whoever started us with a pipe for it, to
 * end with them, is gone, whatever ended them.
 */
export function endWithInput() {
  process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.resume();
  // Nothing but a pipe or a terminal can be let go of like this, and nothing else ends.
  if ('unref' in process.stdin) process.stdin.unref();
}

/**
 * Field 4 of proc_pid_stat(5), behind a command that may hold spaces; undefined outside of Linux,
 * where only our own parent is watched.
 * @param {number} pid
 */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
