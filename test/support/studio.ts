import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDiscordPlayground,
  type DiscordPlayground,
} from '../../src/playground/discord/index.js';
import {
  createTelegramPlayground,
  type TelegramPlayground,
} from '../../src/playground/telegram/index.js';
import { projectRoot } from './clone.js';
import { judgeDiscordEvent, judgeDiscordExchange } from './discord-specification.js';
import { createTestDatabase } from './postgres.js';
import { watchTelegram } from './telegram-specification.js';

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

export interface Studio {
  readonly discord: DiscordPlayground;
  readonly telegram: TelegramPlayground;
  readonly databaseUrl: string;
  /** Starts Easel on both platforms and waits until each role is ready. */
  readonly start: (environment?: Record<string, string>) => Promise<EaselProcess>;
  /** Starts Easel and does not wait. */
  readonly spawn: (environment: Record<string, string>) => EaselProcess;
  /** Ends everything; throws what the specifications and the canaries have against the session. */
  readonly close: () => Promise<void>;
}

const patienceMs = 60_000;

/** Both playgrounds, a database, and as many Easels as a test starts on them. */
export async function openStudio(): Promise<Studio> {
  const [discord, telegram, database, folder] = await Promise.all([
    createDiscordPlayground(),
    createTelegramPlayground(),
    createTestDatabase(),
    mkdtemp(join(tmpdir(), 'easel-studio-')),
  ]);
  const violations: string[] = [];
  discord.events.on('request', (exchange) => violations.push(...judgeDiscordExchange(exchange)));
  discord.events.on('dispatch', (event) => violations.push(...judgeDiscordEvent(event)));
  discord.events.on('fault', (error) => violations.push(error.stack ?? error.message));
  const telegramViolations = watchTelegram(telegram.events);
  const processes: EaselProcess[] = [];

  const spawnEasel = (environment: Record<string, string>): EaselProcess => {
    const child = spawn(process.execPath, [join(projectRoot, 'scripts/start.mjs')], {
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
      child.once('exit', (code) => resolve(code));
    });
    const easel: EaselProcess = {
      child,
      exited,
      output: () => text,
      said: (wanted) =>
        new Promise((resolve, reject) => {
          const settle = (error?: Error) => {
            clearTimeout(timer);
            listeners.delete(check);
            if (error) reject(error);
            else resolve();
          };
          const check = () => text.includes(wanted) && settle();
          const timer = setTimeout(
            () => settle(new Error(`Easel never said ${JSON.stringify(wanted)}, but:\n${text}`)),
            patienceMs,
          );
          exited.then(() => settle(new Error(`Easel ended and had said:\n${text}`)));
          listeners.add(check);
          check();
        }),
      end: (signal = 'SIGTERM') => {
        child.kill(signal);
        return exited;
      },
    };
    processes.push(easel);
    return easel;
  };

  return {
    discord,
    telegram,
    databaseUrl: database.connectionString,
    spawn: spawnEasel,
    async start(environment = {}) {
      const easel = spawnEasel({
        DISCORD_TOKEN: discord.token,
        DISCORD_API_URL: discord.url,
        TELEGRAM_TOKEN: telegram.token,
        TELEGRAM_API_ROOT: telegram.url,
        DATABASE_URL: database.connectionString,
        ...environment,
      });
      await Promise.all([
        easel.said('The discord bot is ready'),
        easel.said('The telegram bot is ready'),
        easel.said('The worker is ready'),
      ]);
      return easel;
    },
    async close() {
      for (const easel of processes) {
        if (easel.child.exitCode === null && easel.child.signalCode === null) {
          await easel.end('SIGKILL');
        }
      }
      await Promise.all([discord.close(), telegram.close()]);
      await database.drop();
      await rm(folder, { recursive: true, force: true });
      const leaks = processes.flatMap((easel) =>
        [discord.token, telegram.token].filter((token) => easel.output().includes(token)),
      );
      const complaints = [
        ...violations,
        ...telegramViolations,
        ...leaks.map(() => 'a token was written to the log'),
      ];
      if (complaints.length > 0) {
        const log = processes.map((easel) => easel.output()).join('\n---\n');
        throw new Error(`${complaints.slice(0, 20).join('\n')}\n\n${log}`);
      }
    },
  };
}
