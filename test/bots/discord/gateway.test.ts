import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createGateway, type Gateway } from '../../../src/bots/discord/gateway.js';
import {
  createDiscordPlayground,
  type DiscordPlayground,
} from '../../../src/playground/discord/index.js';

const limit = { timeout: 30_000 };

/** A door before the playground's gateway that can be shut as Discord's own is on a bad day. */
interface Door {
  readonly apiUrl: string;
  shut: boolean;
  /** Connections that were refused. */
  refused: number;
  /** Connections that went through. */
  passed: number;
  close(): Promise<void>;
}

let playground: DiscordPlayground;
let door: Door;
let gateway: Gateway | undefined;

beforeEach(async () => {
  playground = await createDiscordPlayground();
  door = await openDoor(playground);
});

afterEach(async () => {
  await gateway?.close();
  await door.close();
  await playground.close();
});

function open(options: { token?: string; onFatal?: () => void } = {}) {
  const logLines: string[] = [];
  gateway = createGateway({
    token: options.token ?? playground.token,
    apiUrl: door.apiUrl,
    log: pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) }),
    onInteraction: () => {},
    onFatal: options.onFatal ?? (() => {}),
  });
  return { gateway, logLines };
}

it('tells of no outage when it is closed itself', async () => {
  const { gateway, logLines } = open();
  await gateway.connect();
  await gateway.close();
  expect(logLines.filter((line) => line.includes('gateway'))).toEqual([]);
});

it('connects once when the gateway turns it away at first', async () => {
  door.shut = true;
  const { gateway, logLines } = open();
  const connecting = gateway.connect();
  await vi.waitFor(() => expect(door.refused).toBeGreaterThanOrEqual(2), limit);
  door.shut = false;
  expect(await connecting).toBe(playground.applicationId);
  expect(door.passed).toBe(1);
  expect(logLines.filter((line) => line.includes('reconnecting'))).toHaveLength(1);
});

it('comes back by itself when Discord was away for a while', async () => {
  const { gateway, logLines } = open();
  await gateway.connect();
  await playground.close();
  await vi.waitFor(() => expect(logLines.join()).toContain('reconnecting'), limit);
  const port = Number(new URL(playground.url).port);
  playground = await createDiscordPlayground({ port, token: playground.token });
  await vi.waitFor(() => expect(logLines.join()).toContain('is back'), limit);
  expect(logLines.filter((line) => line.includes('reconnecting'))).toHaveLength(1);
});

it('ends while it waits for Discord', async () => {
  await playground.close();
  const { gateway, logLines } = open();
  const connecting = gateway.connect().catch((error: unknown) => error);
  await vi.waitFor(() => expect(logLines.join()).toContain('unreachable'), limit);
  await gateway.close();
  expect(await connecting).toMatchObject({ name: 'AbortError' });
});

/** Passes requests on to the playground, and the gateway's socket while the door is open. */
async function openDoor({ url, token }: DiscordPlayground): Promise<Door> {
  const target = new URL(url);
  const server: Server = createServer((request, response) => {
    const origin = `http://127.0.0.1:${portOf(server)}`;
    fetch(`${target.origin}${request.url}`, { headers: { authorization: `Bot ${token}` } })
      .then(async (answer) => {
        const text = await answer.text();
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(text.replaceAll(target.host, new URL(origin).host));
      })
      .catch(() => response.destroy());
  });
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    sockets.add(socket);
    if (opened.shut) {
      opened.refused += 1;
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    opened.passed += 1;
    const inner = connect(Number(target.port), target.hostname);
    const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
    inner.write(`GET ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    inner.pipe(socket).pipe(inner);
    for (const each of [inner, socket]) each.on('error', () => {});
    inner.on('close', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const opened: Door = {
    apiUrl: `http://127.0.0.1:${portOf(server)}/api`,
    shut: false,
    refused: 0,
    passed: 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return opened;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
