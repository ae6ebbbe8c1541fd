import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutputFolder } from './output-folder.js';
import type { Studio } from './studio.js';

/** What `npm start` runs. The same place from src and from dist. */
const startScript = resolve(import.meta.dirname, '../../../scripts/start.mjs');
const readyWithinMs = 120_000;
/** Longer than Easel gives what still runs. */
const stopWithinMs = 45_000;

/** Slow enough to watch. Two at first, so that an administrator has something to change. */
const settings = `backends:
  - name: sketch
    type: sketch
    stepDurationMs: 150
pools:
  sketch:
    concurrency: 2
`;

export interface EaselProcess {
  readonly pid: number;
  /** Rejects once it ends, asked to or not, with a sentence that says how. Never resolves. */
  readonly gone: Promise<never>;
  /** Until both bots are connected and wait for something to do. */
  ready(): Promise<void>;
  /** Asks it to end and sees to it. @returns its exit code, null when it had to be killed */
  stop(): Promise<number | null>;
  /** For a user who does not want to wait. */
  kill(): void;
  /** The last lines of its log. */
  logTail(lines: number): Promise<string>;
}

/**
 * Starts Easel on the playgrounds. In a session of its own, so that Ctrl-C on a terminal reaches it
 * through us, in its turn; and told to end with its standard input, so that it ends with us however
 * we end.
 */
export async function startEasel(
  folder: OutputFolder,
  { discord, telegram, admins }: Studio,
): Promise<EaselProcess> {
  const configFile = join(folder.dataDir, 'easel.yaml');
  await writeFile(configFile, settings);
  const log = await open(folder.logFile, 'w');
  const child = spawn(process.execPath, [startScript, '--end-with-input'], {
    // Where no operator's .env lies.
    cwd: folder.dataDir,
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
    env: {
      ...systemEnvironment(),
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.url,
      TELEGRAM_TOKEN: telegram.token,
      TELEGRAM_API_ROOT: telegram.url,
      EASEL_DATA_DIR: folder.dataDir,
      EASEL_CONFIG: configFile,
      EASEL_ADMINS: admins.join(','),
    },
  });
  await once(child, 'spawn');
  await log.close();
  const exited = new Promise<number | null>((settle) => {
    child.once('exit', (code) => settle(code));
  });
  const gone = exited.then((code) => {
    const how = code === null ? `by ${child.signalCode}` : `with exit code ${code}`;
    throw new Error(`Easel ended ${how}`);
  });
  // Whoever waits for something races with it; nobody may wait at the moment.
  gone.catch(() => undefined);

  return {
    pid: child.pid as number,
    gone,
    async ready() {
      const deadline = performance.now() + readyWithinMs;
      const isReady = () =>
        telegram.isPolled && discord.gateway.sessionCount > 0 && discord.commands().length > 0;
      while (!isReady()) {
        if (performance.now() > deadline) {
          throw new Error(`Easel was not ready after ${readyWithinMs / 1000} s`);
        }
        await Promise.race([sleep(50), gone]);
      }
    },
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
      const code = await exited;
      clearTimeout(timer);
      return code;
    },
    kill: () => child.kill('SIGKILL'),
    async logTail(lines) {
      const text = await readFile(folder.logFile, 'utf8');
      return text.trimEnd().split('\n').slice(-lines).join('\n');
    },
  };
}

/** Nothing of an operator's settings: what a program needs to run at all. */
function systemEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
