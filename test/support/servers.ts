import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { projectRoot } from './clone.js';
import { dropAbandonedDatabases } from './postgres.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The tests' Postgres; make a database of your own with `createTestDatabase`. */
    postgresUrl: string;
    /** The tests' Redis; see `sharedRedis`. */
    redisUrl: string;
  }
}

type Message = { postgresUrl: string; redisUrl: string } | { error: string };

/** Starts the servers of a whole test run; they end with it. */
export default async function startServers(project: TestProject): Promise<() => Promise<void>> {
  const holder = fork(join(projectRoot, 'test/support/servers-process.ts'), {
    // A session of its own, which Ctrl-C on a terminal does not reach.
    detached: true,
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(holder, 'exit');
  const [message]: [Message?] = await Promise.race([
    once(holder, 'message') as Promise<[Message]>,
    ended.then(() => [] as [] as [Message?]),
  ]);
  if (!message) throw new Error('The servers for the tests did not start');
  if ('error' in message) throw new Error(message.error);

  await dropAbandonedDatabases(message.postgresUrl);
  project.provide('postgresUrl', message.postgresUrl);
  project.provide('redisUrl', message.redisUrl);
  return async () => {
    if (holder.connected) holder.disconnect();
    await ended;
  };
}
