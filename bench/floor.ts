/**
 * The floor: what somebody writes by hand in an afternoon, with the same libraries. An update in,
 * one row, one BullMQ job, a 1 MB picture out. No inbox, no fairness, no cards that follow, and
 * whatever fails is lost.
 */
import { randomUUID } from 'node:crypto';
import { createPostgresBackend, Queue, Worker, withBackend } from 'bullmq';
import { Client, type CommandInteraction, Events, GatewayIntentBits } from 'discord.js';
import { Bot, InputFile } from 'grammy';
import { Redis } from 'ioredis';
import pg from 'pg';
import { preparedPicture } from './picture.js';
import { jobsAtOnce, type PipelineOptions } from './pipeline.js';
import { givenOptions, serve } from './serve.js';

const options = givenOptions<PipelineOptions>();
const { platform, apiUrl, token, databaseUrl, redisUrl } = options;
const closers: (() => Promise<unknown>)[] = [];

interface Task {
  readonly id: string;
  readonly chatId: number;
}

async function start(): Promise<void> {
  const picture = await preparedPicture();
  const db = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  closers.push(() => db.end());
  await db.query(`create table floor_tasks (
    id text primary key, person text not null, prompt text not null,
    created_at timestamptz not null default now())`);
  const keep = async (person: string, prompt: string): Promise<string> => {
    const id = randomUUID();
    const values = [id, person, prompt];
    await db.query('insert into floor_tasks (id, person, prompt) values ($1, $2, $3)', values);
    return id;
  };
  const { add, work } = await openQueue();
  if (platform === 'telegram') await startTelegram(picture, keep, add, work);
  else await startDiscord(picture, keep, add, work);
}

type Keep = (person: string, prompt: string) => Promise<string>;
type Add = (task: Task) => Promise<unknown>;
type Work = (handle: (task: Task) => Promise<unknown>) => void;

async function startTelegram(picture: Buffer, keep: Keep, add: Add, work: Work): Promise<void> {
  const bot = new Bot(token, { client: { apiRoot: apiUrl } });
  work(({ chatId }) => bot.api.sendPhoto(chatId, new InputFile(picture, 'picture.png')));
  bot.on('message:text', (context) => {
    // Not awaited: grammY would else take the next update only after this one.
    const answer = async () => {
      const id = await keep(String(context.from.id), context.message.text);
      await add({ id, chatId: context.chat.id });
      await context.reply('queued');
    };
    answer().catch(console.error);
  });
  closers.push(() => bot.stop());
  await new Promise<void>((resolve, reject) => {
    bot.start({ onStart: () => resolve() }).catch(reject);
  });
}

async function startDiscord(picture: Buffer, keep: Keep, add: Add, work: Work): Promise<void> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    // Answers to interactions do not count towards the fifty requests a second.
    rest: { api: apiUrl, globalRequestsPerSecond: Number.POSITIVE_INFINITY },
  });
  const waiting = new Map<string, CommandInteraction>();
  work(async ({ id }) => {
    await waiting.get(id)?.editReply({ files: [{ attachment: picture, name: 'picture.png' }] });
    waiting.delete(id);
  });
  client.on(Events.InteractionCreate, (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    const answer = async () => {
      const prompt = interaction.options.getString('prompt', true);
      const id = await keep(interaction.user.id, prompt);
      waiting.set(id, interaction);
      await interaction.deferReply();
      await add({ id, chatId: 0 });
    };
    answer().catch(console.error);
  });
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  closers.push(() => client.destroy());
  await client.login(token);
  const { application } = await ready;
  const prompt = { name: 'prompt', description: 'What to draw', type: 3, required: true };
  await application.commands.set([{ name: 'imagine', description: 'Draw', options: [prompt] }]);
}

async function openQueue(): Promise<{ add: Add; work: Work }> {
  const name = 'floor';
  const remove = { removeOnComplete: true, removeOnFail: true };
  if (redisUrl) {
    const commands = new Redis(redisUrl, { maxRetriesPerRequest: null });
    const blocking = commands.duplicate();
    const queue = new Queue<Task>(name, { connection: commands });
    closers.push(async () => {
      commands.disconnect();
      blocking.disconnect();
    });
    return {
      add: (task) => queue.add('draw', task, { ...remove, jobId: task.id }),
      work(handle) {
        const worker = new Worker<Task>(name, (job) => handle(job.data), {
          connection: blocking,
          concurrency: jobsAtOnce,
        });
        worker.on('error', console.error);
      },
    };
  }
  const { Queue: PostgresQueue, Worker: PostgresWorker } = withBackend(createPostgresBackend);
  const connection = { connectionString: databaseUrl, schema: 'bullmq', max: 5 };
  const queue = new PostgresQueue(name, { connection: { ...connection, migrate: true } });
  await queue.waitUntilReady();
  closers.push(() => queue.close());
  return {
    add: (task) => queue.add('draw', task, { ...remove, jobId: task.id }),
    work(handle) {
      const process = (job: { data: Task }) => handle(job.data);
      const worker = new PostgresWorker(name, process as never, {
        connection,
        concurrency: jobsAtOnce,
      });
      worker.on('error', console.error);
      closers.push(() => worker.close(true));
    },
  };
}

serve({
  start,
  async stop() {
    for (const close of closers.reverse()) await close();
  },
});
