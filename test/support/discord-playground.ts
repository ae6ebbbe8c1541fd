import { onTestFinished } from 'vitest';
import {
  createDiscordPlayground,
  type DiscordPlayground,
  type DiscordPlaygroundOptions,
} from '../../src/playground/discord/index.js';
import { judgeDiscordEvent, judgeDiscordExchange } from './discord-specification.js';

export interface RawAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of every shape
  body: any;
  headers: Headers;
}

export interface SentFile {
  name: string;
  bytes: Uint8Array;
}

export interface JudgedPlayground extends DiscordPlayground {
  /** A request as a bot sends it; with files as a form. */
  send(
    method: string,
    path: string,
    body?: unknown,
    options?: { files?: readonly SentFile[]; token?: string | undefined },
  ): Promise<RawAnswer>;
}

/** A playground that ends with the test, and fails it when an exchange breaks the specification. */
export async function startDiscordPlayground(
  options: DiscordPlaygroundOptions = {},
): Promise<JudgedPlayground> {
  const playground = await createDiscordPlayground(options);
  const violations: string[] = [];
  playground.events.on('request', (exchange) => violations.push(...judgeDiscordExchange(exchange)));
  playground.events.on('dispatch', (event) => violations.push(...judgeDiscordEvent(event)));
  playground.events.on('fault', (error) => violations.push(error.stack ?? error.message));
  onTestFinished(async () => {
    await playground.close();
    if (violations.length > 0) throw new Error(violations.join('\n'));
  });
  return Object.assign(playground, {
    send: (
      method: string,
      path: string,
      body?: unknown,
      extra: Parameters<JudgedPlayground['send']>[3] = {},
    ) => send(playground, method, path, body, extra),
  });
}

async function send(
  playground: DiscordPlayground,
  method: string,
  path: string,
  body: unknown,
  {
    files = [],
    token = playground.token,
  }: { files?: readonly SentFile[]; token?: string | undefined },
): Promise<RawAnswer> {
  const json = JSON.stringify(body);
  const form = new FormData();
  files.forEach((file, index) => {
    form.set(`files[${index}]`, new Blob([Buffer.from(file.bytes)]), file.name);
  });
  if (files.length > 0 && json !== undefined) form.set('payload_json', json);
  const response = await fetch(`${playground.url}/v10${path}`, {
    method,
    headers: {
      authorization: `Bot ${token}`,
      ...(files.length === 0 && json !== undefined ? { 'content-type': 'application/json' } : {}),
    },
    ...(files.length > 0 ? { body: form } : json === undefined ? {} : { body: json }),
  });
  const written = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: written === '' ? undefined : JSON.parse(written),
  };
}
