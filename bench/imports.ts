/** What Easel imports, logged in and idle: the least memory and the quickest start that it could have. */
import '../src/engine/create-engine.js';
import '../src/chat/index.js';
import '../src/bots/discord/index.js';
import '../src/bots/telegram/index.js';
import '../src/engine/backends/sketch/sketch-backend.js';
import '../src/engine/backends/comfyui/comfyui-backend.js';
import { Queue } from 'bullmq';
import { Bot } from 'grammy';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { PipelineOptions } from './pipeline.js';
import { givenOptions, serve } from './serve.js';

const { apiUrl, token, databaseUrl, redisUrl } = givenOptions<PipelineOptions>();
const closers: (() => Promise<unknown>)[] = [];

async function start(): Promise<void> {
  const db = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  closers.push(() => db.end());
  await db.query('select 1');
  if (redisUrl) {
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
    const queue = new Queue('imports', { connection });
    await queue.waitUntilReady();
    closers.push(async () => connection.disconnect());
  }
  const bot = new Bot(token, { client: { apiRoot: apiUrl } });
  await bot.init();
}

serve({
  start,
  async stop() {
    for (const close of closers.reverse()) await close();
  },
});
