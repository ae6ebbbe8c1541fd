import { pino } from 'pino';
import {
  createDiscordBot,
  type DiscordBot,
  type DiscordBotDependencies,
} from '../../src/bots/discord/index.js';
import {
  type Chat,
  type ChatRequest,
  type CommandDeclaration,
  createTexts,
  type Reply,
} from '../../src/chat/index.js';
import { type Engine, type Inbox, RecordUnavailableError } from '../../src/engine/index.js';
import {
  type ChannelHandle,
  createDiscordPlayground,
  type DiscordPlayground,
  type GuildHandle,
  type Person,
} from '../../src/playground/discord/index.js';
import { judgeDiscordExchange } from './discord-specification.js';
import { createImageShelf, type ImageShelf } from './image-shelf.js';

/** Answers a request in place of the chat layer. */
export type Script = (request: ChatRequest) => Promise<Reply>;

/** The real bot on discord.js against the playground, with a scripted chat and an inbox in memory. */
export interface DiscordBotHarness {
  readonly playground: DiscordPlayground;
  readonly bot: DiscordBot;
  readonly guild: GuildHandle;
  readonly channel: ChannelHandle;
  readonly ada: Person;
  readonly images: ImageShelf;
  readonly inbox: MemoryInbox;
  readonly requests: ChatRequest[];
  /** Batches that the record does not know any more. */
  readonly deletedBatches: Set<string>;
  /** Everything that was logged, one JSON line each. */
  readonly logLines: string[];
  /** What the bots are made of. */
  readonly parts: Pick<DiscordBotDependencies, 'engine' | 'chat' | 'log'>;
  /** What `chat.handle` does from now on. */
  answerWith(script: Script): void;
  /** What `chat.suggest` does from now on. */
  suggestWith(script: Chat['suggest']): void;
  /** What `chat.opensForm` says from now on; without it, that nothing does. */
  openFormsFor(test: Chat['opensForm']): void;
  /** Another bot on the same playground and record; not started. */
  anotherBot(): DiscordBot;
  /** Ends the bots and the playground. @throws when a request broke Discord's rules or a token leaked */
  close(): Promise<void>;
}

export interface DiscordBotHarnessOptions {
  readonly start?: boolean;
  readonly commands?: readonly CommandDeclaration[];
  readonly cdnHosts?: readonly string[];
  readonly token?: string;
  /** Status codes that the test provokes on purpose. */
  readonly allowedStatuses?: readonly number[];
  readonly rateLimitScale?: number;
}

const description = (text: string) => ({ 'en-US': text, 'zh-CN': `${text}（中文）` });

export const imagineDeclaration: CommandDeclaration = {
  path: ['imagine'],
  description: description('Make images from a prompt'),
  audience: 'everyone',
  platforms: ['discord', 'telegram'],
  options: [
    { name: 'image', description: description('Start'), type: 'attachment', required: false },
    {
      name: 'count',
      description: description('How many'),
      type: 'integer',
      required: false,
      min: 1,
      max: 4,
    },
    {
      name: 'strength',
      description: description('How far'),
      type: 'number',
      required: false,
      min: 0,
      max: 1,
    },
    {
      name: 'private',
      description: description('For you alone'),
      type: 'boolean',
      required: false,
    },
    { name: 'prompt', description: description('What'), type: 'string', required: true },
  ],
};

export const concurrencyDeclaration: CommandDeclaration = {
  path: ['admin', 'concurrency', 'set'],
  description: description('Tasks at the same time'),
  audience: 'managers',
  platforms: ['discord', 'telegram'],
  options: [
    {
      name: 'value',
      description: description('How many'),
      type: 'integer',
      required: true,
      min: 1,
      max: 10,
    },
  ],
};

const startDeclaration: CommandDeclaration = {
  path: ['start'],
  description: description('Begin'),
  audience: 'everyone',
  platforms: ['telegram'],
  options: [],
};

export async function openDiscordBot(
  options: DiscordBotHarnessOptions = {},
): Promise<DiscordBotHarness> {
  const playground = await createDiscordPlayground({
    ...(options.rateLimitScale ? { rateLimitScale: options.rateLimitScale } : {}),
  });
  const guild = playground.driver.createGuild({ name: 'Studio' });
  const channel = guild.createChannel({ name: 'general' });
  const ada = playground.driver.createPerson({ name: 'Ada' });
  guild.addMember(ada);

  const violations: string[] = [];
  const allowed = new Set(options.allowedStatuses ?? []);
  const verdicts: (() => string[])[] = [];
  playground.events.on('request', (entry) => {
    // Judged at the end: the judge's first look takes seconds, in which the playground would be deaf.
    verdicts.push(() => judgeDiscordExchange(entry));
    const { method, route, status, responseBody } = entry;
    if (status === 400 && !allowed.has(400)) {
      violations.push(`${method} ${route}: 400 ${JSON.stringify(responseBody)}`);
    }
  });
  playground.events.on('fault', (error) => violations.push(`the playground: ${error.stack}`));

  const tokens = [playground.token];
  playground.events.on('interaction', ({ token }) => tokens.push(token));
  const logLines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
  const images = createImageShelf();
  const inbox = createMemoryInbox();
  const texts = createTexts();
  const requests: ChatRequest[] = [];
  let script: Script = async (request) => {
    await request.acknowledge({ private: false });
    return { kind: 'card', batchId: 'batch1' };
  };
  let suggest: Chat['suggest'] = async () => [];
  let opensForm: Chat['opensForm'] = () => false;
  const chat: DiscordBotDependencies['chat'] = {
    commands: options.commands ?? [imagineDeclaration, concurrencyDeclaration, startDeclaration],
    commandGroups: [
      { path: ['admin'], description: description('Administration') },
      { path: ['admin', 'concurrency'], description: description('Concurrency') },
    ],
    text: (locale, key, variables) => texts.inLocale(locale).text(key, variables),
    opensForm: (intent) => opensForm(intent),
    suggest: (asked) => suggest(asked),
    async handle(request) {
      requests.push(request);
      const reply = await script(request);
      // The engine closes the update with the batch that it makes.
      if (reply.kind === 'card') await inbox.close('discord', request.updateKey);
      return reply;
    },
  };
  const deletedBatches = new Set<string>();
  const cards = {
    read: async (batchId: string) => (deletedBatches.has(batchId) ? undefined : {}),
  } as unknown as Engine['cards'];
  const engine: DiscordBotDependencies['engine'] = { ...images, inbox, cards };
  const bots: DiscordBot[] = [];
  const anotherBot = () => {
    const bot = createDiscordBot({
      token: options.token ?? playground.token,
      apiUrl: playground.url,
      cdnHosts: options.cdnHosts ?? [new URL(playground.url).host],
      engine,
      chat,
      now: () => new Date(playground.clock.now()),
      log,
    });
    bots.push(bot);
    return bot;
  };
  const bot = anotherBot();
  if (options.start !== false) await bot.start();

  return {
    ...{ playground, bot, guild, channel, ada, images, inbox, requests, logLines, anotherBot },
    deletedBatches,
    parts: { engine, chat, log },
    answerWith(next) {
      script = next;
    },
    suggestWith(next) {
      suggest = next;
    },
    openFormsFor(next) {
      opensForm = next;
    },
    async close() {
      await Promise.all(bots.map((each) => each.stop()));
      await playground.close();
      for (const line of logLines) {
        if (tokens.some((token) => line.includes(token))) {
          violations.push(`a token was logged: ${line}`);
        }
      }
      for (const verdict of verdicts) violations.push(...verdict());
      if (violations.length > 0) throw new Error(violations.join('\n'));
    },
  };
}

/** The inbox of the engine, kept in memory. */
export interface MemoryInbox extends Inbox {
  readonly rows: Map<string, { payload: unknown; receivedAt: Date; closed: boolean }>;
  /** While true, nothing can be written down. */
  away: boolean;
}

function createMemoryInbox(): MemoryInbox {
  const rows: MemoryInbox['rows'] = new Map();
  const inbox: MemoryInbox = {
    rows,
    away: false,
    async receive(_platform, key, payload) {
      if (inbox.away) throw new RecordUnavailableError(new Error('connect ECONNREFUSED'));
      if (rows.has(key)) return { isNew: false };
      rows.set(key, { payload: structuredClone(payload), receivedAt: new Date(), closed: false });
      return { isNew: true };
    },
    async close(_platform, key) {
      const row = rows.get(key);
      if (row) row.closed = true;
    },
    async closeKeeping(_platform, key, payload) {
      const row = rows.get(key);
      if (row) rows.set(key, { ...row, payload: structuredClone(payload), closed: true });
    },
    kept: async (_platform, key) => rows.get(key)?.payload,
    async takeUp(_platform, inHand) {
      return [...rows]
        .filter(([key, { closed }]) => !closed && !inHand.includes(key))
        .map(([key, { payload, receivedAt }]) => ({ key, payload, receivedAt, takeovers: 1 }));
    },
    async refuse(_platform, key) {
      if (inbox.away) throw new RecordUnavailableError(new Error('connect ECONNREFUSED'));
      const row = rows.get(key);
      if (row) row.closed = true;
    },
    group: async () => [],
  };
  return inbox;
}
