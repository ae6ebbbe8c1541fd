import { z } from 'zod';
import { defineCommand } from './command.js';
import * as options from './options.js';
import { poolLines } from './pool-lines.js';

export const adminConcurrencyGet = defineCommand({
  path: ['admin', 'concurrency', 'get'],
  description: 'command-admin-concurrency-get',
  permission: 'scope-managers',
  options: z.object({}),
  run: async ({ engine, texts }) => {
    const text = [texts.text('pools-title'), ...poolLines(await engine.pools(), texts)].join('\n');
    return { kind: 'text', text, private: true };
  },
});

export const adminConcurrencySet = defineCommand({
  path: ['admin', 'concurrency', 'set'],
  description: 'command-admin-concurrency-set',
  permission: 'admins',
  options: z.object({ value: options.concurrency, pool: options.pool }),
  run: async ({ engine, texts, user }, { value, pool }) => {
    const pools = await engine.setConcurrency(pool, value, { userId: user.id, manages: true });
    const text = [texts.text('concurrency-changed'), ...poolLines(pools, texts)].join('\n');
    return { kind: 'text', text, private: true };
  },
});
