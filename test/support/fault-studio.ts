import { expect, vi } from 'vitest';
import type { ChannelHandle, Person as DiscordPerson } from '../../src/playground/discord/index.js';
import type { Person as TelegramPerson } from '../../src/playground/telegram/index.js';
import { type ComfyUiServer, startComfyUiServer } from './comfyui-server.js';
import type { EaselProcess, MachineLimits } from './easel-process.js';
import {
  type Ask,
  type Bounds,
  type Evidence,
  haveEnded,
  judge,
  type Shown,
  shownOnDiscord,
  shownOnTelegram,
} from './invariants.js';
import { type RedisServer, startRedis } from './redis.js';
import { openStudio, type Studio } from './studio.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

export interface FaultStudioOptions {
  /** Tasks at the same time. */
  readonly concurrency?: number;
  /** Of a step of the backend's sampler; a task has eight. */
  readonly stepMs?: number;
  /** A Redis of its own, to be killed; else the queue is on the record's Postgres. */
  readonly withRedis?: boolean;
  readonly withDiscord?: boolean;
  /** The built-in backend, which cannot take a run up again, in place of the stand-in. */
  readonly withSketch?: boolean;
  /** In place of the studio's own. */
  readonly databaseUrl?: string;
}

export interface Asking {
  /** More than one make one batch, by choices in braces. */
  readonly tasks?: number;
}

/**
 * A studio whose backend outlives Easel, with a proxy on every link, and a tally of what was asked
 * for, by which the invariants are judged.
 */
export interface FaultStudio {
  readonly studio: Studio;
  readonly backend: ComfyUiServer;
  readonly redis: RedisServer | undefined;
  readonly links: Readonly<Record<'record' | 'queue' | 'backend' | 'telegram', TcpProxy>>;
  readonly asks: readonly Ask[];
  /** Starts Easel and waits until it is ready. */
  readonly start: (more?: Record<string, string>, limits?: MachineLimits) => Promise<EaselProcess>;
  /** The same, but for waiting. */
  readonly spawn: (more?: Record<string, string>, limits?: MachineLimits) => EaselProcess;
  /** A person by number, made when they are first heard of, asks on Telegram in private. */
  readonly ask: (person: number, asking?: Asking) => Promise<Ask>;
  /** The same on Discord, in a channel of one's own. */
  readonly askOnDiscord: (person: number, asking?: Asking) => Promise<Ask>;
  readonly evidence: () => Evidence;
  /** What stands in the chats for one ask. */
  readonly shownFor: (ask: Ask) => Shown[];
  /** Until everything that was asked for has ended. */
  readonly ended: (withinMs?: number) => Promise<void>;
  /** Submissions of this ask's tasks that reached the backend. */
  readonly submissionsOf: (ask: Ask) => number;
  readonly close: () => Promise<void>;
}

/** Far more than anything takes, even on a machine that has much else to do. */
const patienceMs = 120_000;
export const faultPatience = { timeout: patienceMs, interval: 20 };
export const generous: Bounds = { submissions: 3, answerMs: 45_000, endMs: 150_000 };

export async function openFaultStudio(options: FaultStudioOptions = {}): Promise<FaultStudio> {
  const { concurrency = 4, stepMs = 5, withDiscord = false } = options;
  const backend = await startComfyUiServer({
    stepMs,
    shrink: 8,
    checkpoints: ['tiny-turbo.safetensors'],
  });
  const toBackend = await startTcpProxy(backend.url);
  const configuration = options.withSketch
    ? 'backends: [{ name: sketch, type: sketch, pool: main }]'
    : configurationOf(toBackend.port, concurrency);
  const studio = await openStudio({ configuration });
  const redis = options.withRedis ? await startRedis() : undefined;
  const databaseUrl = options.databaseUrl ?? studio.databaseUrl;
  const links = {
    backend: toBackend,
    record: await startTcpProxy(databaseUrl),
    queue: await startTcpProxy(redis?.url ?? databaseUrl),
    telegram: await startTcpProxy(studio.telegram.url),
  };
  const telegramPeople = new Map<number, TelegramPerson>();
  const discordPeople = new Map<number, [DiscordPerson, ChannelHandle]>();
  const asks: Ask[] = [];
  const { DISCORD_TOKEN, DISCORD_API_URL, ...onTelegram } = studio.environment;

  const processes: EaselProcess[] = [];
  const spawn = (more: Record<string, string> = {}, limits?: MachineLimits) => {
    const environment = {
      ...(withDiscord ? studio.environment : onTelegram),
      TELEGRAM_API_ROOT: links.telegram.through(studio.telegram.url),
      DATABASE_URL: links.record.through(databaseUrl),
      ...(redis ? { REDIS_URL: links.queue.through(redis.url) } : {}),
      ...more,
    };
    const easel = studio.spawn(environment, limits);
    processes.push(easel);
    return easel;
  };

  function note(id: string, tag: string, tasks: number, isAcknowledged = () => true): Ask {
    const ask = { id, tag, tasks, isAcknowledged, askedAtMs: Date.now() };
    asks.push(ask);
    return ask;
  }

  /** A prompt that makes as many tasks, each with words that no other has. */
  function words(tasks: number): { readonly tag: string; readonly prompt: string } {
    const tag = `tag${String(asks.length + 1).padStart(4, '0')}`;
    if (tasks === 1) return { tag, prompt: `${tag} fox` };
    const choices = Array.from({ length: tasks }, (_, index) => `fox${index}`);
    return { tag, prompt: `${tag} {${choices.join('|')}}` };
  }

  function shown(): Shown[] {
    const { telegram, discord } = studio;
    return [
      ...[...telegramPeople.values()].flatMap(({ chat }) =>
        shownOnTelegram(telegram, telegram.messages(chat)),
      ),
      ...[...discordPeople.values()].flatMap(([person, channel]) =>
        shownOnDiscord(person.messages(channel), discord.applicationId),
      ),
    ];
  }

  const submissions = () =>
    backend.calls
      .filter(({ method, path }) => method === 'POST' && path === '/prompt')
      .map(({ body }) => /tag\d{4}[\w ]*/.exec(body.toString())?.[0] ?? '');

  return {
    studio,
    backend,
    redis,
    links,
    asks,
    spawn,
    async start(more, limits) {
      const easel = spawn(more, limits);
      await easel.said('The worker is ready');
      await easel.said('The telegram bot is ready');
      if (withDiscord) await easel.said('The discord bot is ready');
      return easel;
    },
    async ask(number, { tasks = 1 } = {}) {
      const known = telegramPeople.get(number);
      const person = known ?? studio.telegram.createUser({ firstName: `Person${number}` });
      telegramPeople.set(number, person);
      const { tag, prompt } = words(tasks);
      const { id, room } = await person.send(person.chat, { text: prompt });
      return note(`${room.id}/${id}`, tag, tasks);
    },
    async askOnDiscord(number, { tasks = 1 } = {}) {
      const [person, channel] = discordPeople.get(number) ?? openChannel(studio, number);
      discordPeople.set(number, [person, channel]);
      const { tag, prompt } = words(tasks);
      const asked = person.command(channel, 'imagine', { prompt });
      return note(asked.id, tag, tasks, () => asked.record.answeredWith !== undefined);
    },
    evidence: () => ({ asks, shown: shown(), submissions: submissions() }),
    shownFor: (ask) =>
      shown().filter(({ answers, text }) => answers === ask.id || text.includes(ask.tag)),
    ended: (withinMs = patienceMs) =>
      vi
        .waitFor(
          () => {
            if (haveEnded(asks, shown())) return;
            // The judge says in words what is missing.
            expect(judge({ asks, shown: shown(), submissions: [] }, generous)).toEqual([]);
            throw new Error('some command has no end');
          },
          { timeout: withinMs, interval: 200 },
        )
        .catch((error: unknown) => {
          const log = processes.map(({ output }) => logTail(output())).join('\n---\n');
          throw new Error(`${error}\n\n${log}`, { cause: error });
        }),
    submissionsOf: ({ tag }) => submissions().filter((prompt) => prompt.startsWith(tag)).length,
    async close() {
      try {
        await studio.close();
      } finally {
        await backend.close();
        await Promise.all(Object.values(links).map((link) => link.close()));
        await redis?.stop();
      }
    },
  };
}

/** Its last lines, and all errors. */
function logTail(output: string): string {
  const lines = output.split('\n');
  const errors = lines.slice(0, -40).filter((line) => /"level":[56]0/.test(line));
  return [...errors, ...lines.slice(-40)].map((line) => line.slice(0, 1_500)).join('\n');
}

function openChannel(studio: Studio, number: number): [DiscordPerson, ChannelHandle] {
  const guild = studio.discord.driver.createGuild({ name: `Studio ${number}` });
  const person = studio.discord.driver.createPerson({ name: `person${number}` });
  guild.addMember(person);
  return [person, guild.createChannel({ name: 'art' })];
}

/** One pool of one server, whose checkpoint is a quick one. */
function configurationOf(port: number, concurrency: number): string {
  return `
backends:
  - { name: stand-in, type: comfyui, pool: main, url: 'http://127.0.0.1:${port}', slots: ${concurrency} }
pools:
  main: { concurrency: ${concurrency} }
`;
}
