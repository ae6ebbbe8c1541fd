import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './clone.js';
import { whenKilled } from './end-with-parent.js';

/** Easel as `npm start` runs it, in a process of its own. */
export interface EaselProcess {
  readonly child: ChildProcess;
  /** Everything that it wrote, so far. */
  readonly output: () => string;
  /** Resolves when a line contains the text. */
  readonly said: (text: string) => Promise<void>;
  /** Ends it by a signal, and resolves with its exit code once it is gone. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>;
  readonly exited: Promise<number | null>;
}

const patienceMs = 120_000;

export interface MachineLimits {
  /** Files and connections that the process may have open at the same time. */
  readonly openFiles?: number;
}

/** Starts it in a folder that is its own, with these settings and none of ours. */
export function spawnEasel(
  folder: string,
  environment: Record<string, string>,
  { openFiles }: MachineLimits = {},
): EaselProcess {
  const limit = openFiles === undefined ? '' : `ulimit -n ${openFiles}; `;
  const start = [process.execPath, join(projectRoot, 'scripts/start.mjs')];
  const child = spawn('sh', ['-c', `${limit}exec "$@"`, 'sh', ...start], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      EASEL_DATA_DIR: folder,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer) => {
    text += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  const end = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return exited;
  };
  const forget = whenKilled(() => end('SIGKILL'));
  void exited.then(forget);

  const said = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const settle = (error?: Error) => {
        clearTimeout(timer);
        listeners.delete(check);
        if (error) reject(error);
        else resolve();
      };
      const check = () => text.includes(wanted) && settle();
      const complain = (what: string) =>
        settle(new Error(`Easel ${what} ${JSON.stringify(wanted)}, but:\n${text}`));
      const timer = setTimeout(() => complain('never said'), patienceMs);
      void exited.then(() => complain('ended before it said'));
      listeners.add(check);
      check();
    });

  return { child, exited, end, said, output: () => text };
}
