import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { vi } from 'vitest';
import { ensureBuild } from '../../scripts/build.mjs';
import {
  createDiscordPlayground,
  type DiscordPlayground,
} from '../../src/playground/discord/index.js';
import {
  createTelegramPlayground,
  type TelegramPlayground,
} from '../../src/playground/telegram/index.js';
import { judgeDiscordEvent, judgeDiscordExchange } from './discord-specification.js';
import { type EaselProcess, type MachineLimits, spawnEasel } from './easel-process.js';
import { createTestDatabase } from './postgres.js';
import { hasTelegramSpecification, watchTelegram } from './telegram-specification.js';

export type { EaselProcess } from './easel-process.js';

// Starts and restarts of whole processes: what takes two seconds takes thirty on a busy machine.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

export interface StudioOptions {
  /** The `easel.yaml` that Easel finds; none where absent. */
  readonly configuration?: string;
}

export interface Studio {
  readonly discord: DiscordPlayground;
  readonly telegram: TelegramPlayground;
  readonly databaseUrl: string;
  /** Starts Easel on both platforms and waits until each role is ready. */
  readonly start: (environment?: Record<string, string>) => Promise<EaselProcess>;
  /** Starts Easel with these settings alone, and does not wait. */
  readonly spawn: (environment: Record<string, string>, limits?: MachineLimits) => EaselProcess;
  /** What `start` sets, before what it is told. */
  readonly environment: Readonly<Record<string, string>>;
  /** Writes another `easel.yaml`. */
  readonly configure: (configuration: string) => Promise<void>;
  /** Reads the record. */
  readonly query: (sql: string) => Promise<Record<string, unknown>[]>;
  readonly batchCount: () => Promise<number>;
  /** Ends everything; throws what the specifications and the canaries have against the session. */
  readonly close: () => Promise<void>;
}

/** Both playgrounds, a database, and as many Easels as a test starts on them. */
export async function openStudio({ configuration }: StudioOptions = {}): Promise<Studio> {
  // First, so that no Easel's patience is spent on it.
  await ensureBuild();
  const [discord, telegram, database, folder] = await Promise.all([
    // How quick Easel is, the bench tells; here a busy machine must not decide.
    createDiscordPlayground({ firstAnswerWithinMs: 30_000 }),
    createTelegramPlayground(),
    createTestDatabase(),
    mkdtemp(join(tmpdir(), 'easel-studio-')),
  ]);
  const configure = (content: string) => writeFile(join(folder, 'easel.yaml'), content);
  if (configuration !== undefined) await configure(configuration);
  // Judged at the end: the judge's first look takes a second, in which the playground would be deaf.
  const verdicts: (() => string[])[] = [];
  discord.events.on('request', (exchange) => verdicts.push(() => judgeDiscordExchange(exchange)));
  discord.events.on('dispatch', (event) => verdicts.push(() => judgeDiscordEvent(event)));
  discord.events.on('fault', (error) => verdicts.push(() => [error.stack ?? error.message]));
  const telegramViolations = hasTelegramSpecification ? watchTelegram(telegram.events) : [];
  const processes: EaselProcess[] = [];
  const record = new pg.Pool({ connectionString: database.connectionString, max: 1 });
  const query = async (sql: string) => (await record.query(sql)).rows;

  const spawn = (environment: Record<string, string>, limits?: MachineLimits): EaselProcess => {
    const easel = spawnEasel(folder, environment, limits);
    processes.push(easel);
    return easel;
  };
  const environment = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.url,
    TELEGRAM_TOKEN: telegram.token,
    TELEGRAM_API_ROOT: telegram.url,
    DATABASE_URL: database.connectionString,
  };

  return {
    discord,
    telegram,
    databaseUrl: database.connectionString,
    environment,
    spawn,
    configure,
    query,
    batchCount: async () => Number((await query('select count(*) from batches'))[0]?.count),
    async start(more = {}) {
      const easel = spawn({ ...environment, ...more });
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
      await Promise.all([discord.close(), telegram.close(), record.end()]);
      await database.drop();
      await rm(folder, { recursive: true, force: true });
      const leaks = processes.flatMap((easel) =>
        [discord.token, telegram.token].filter((token) => easel.output().includes(token)),
      );
      const complaints = [
        ...verdicts.flatMap((judge) => judge()),
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
