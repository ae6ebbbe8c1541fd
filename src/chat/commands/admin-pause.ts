import { z } from 'zod';
import { defineCommand } from './command.js';
import * as options from './options.js';
import { poolLines } from './pool-lines.js';

export const adminPause = defineCommand({
  path: ['admin', 'pause'],
  description: 'command-admin-pause',
  permission: 'admins',
  options: z.object({ pool: options.pool }),
  run: async ({ engine, texts, user }, { pool }) => {
    const pools = await engine.pausePool(pool, { userId: user.id, manages: true });
    const text = [texts.text('pools-paused'), ...poolLines(pools, texts)].join('\n');
    return { kind: 'text', text, private: true };
  },
});

export const adminResume = defineCommand({
  path: ['admin', 'resume'],
  description: 'command-admin-resume',
  permission: 'admins',
  options: z.object({ pool: options.pool }),
  run: async ({ engine, texts, user }, { pool }) => {
    const pools = await engine.resumePool(pool, { userId: user.id, manages: true });
    const text = [texts.text('pools-resumed'), ...poolLines(pools, texts)].join('\n');
    return { kind: 'text', text, private: true };
  },
});
