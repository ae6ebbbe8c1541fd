import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiError as ApiErrorAnswer, ApiResponse } from 'grammy/types';
import { ApiError, notFound, tooManyRequests, unauthorized } from './api-error.js';
import type { Fault, FaultPlan } from './faults.js';
import type { Exchange } from './ledger.js';
import { findMethod } from './methods/index.js';
import { readParameters } from './parameters.js';
import { type RequestContent, readRequest } from './request-body.js';
import type { World } from './world.js';

export interface ServerDependencies {
  readonly world: World;
  readonly faults: FaultPlan;
  readonly record: (exchange: Exchange) => void;
  readonly port: number;
}

export interface PlaygroundServer {
  readonly url: string;
  close(): Promise<void>;
}

/** As the real one; Node's own 5 s would meet clients in the middle of their next request. */
const keepAliveMs = 75_000;

/** Serves `/bot<token>/<method>` and `/file/bot<token>/<path>` on 127.0.0.1. */
export async function startServer(dependencies: ServerDependencies): Promise<PlaygroundServer> {
  const server = createServer((request, response) => {
    route(dependencies, request, response).catch((error: unknown) => {
      // A client that is gone hears nothing; anything else is a fault of the playground itself.
      if (response.destroyed) return;
      const description = `Internal Server Error: ${error instanceof Error ? error.stack : error}`;
      respond(response, 500, { ok: false, error_code: 500, description });
    });
  });
  server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(dependencies.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function route(
  dependencies: ServerDependencies,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, prefix, token, rest] =
    /^\/(bot|file\/bot)([^/]+)\/(.*)$/.exec(decodeURIComponent(url.pathname)) ?? [];
  if (!prefix || rest === undefined) return refuse(response, notFound);
  if (token !== dependencies.world.bot.token) return refuse(response, unauthorized);
  if (prefix === 'bot') return answerMethod(dependencies, rest, request, response, url);
  const file = dependencies.world.files.atPath(rest);
  if (!file) return refuse(response, notFound);
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': file.bytes.length,
  });
  response.end(file.bytes);
}

async function answerMethod(
  { world, faults, record }: ServerDependencies,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const startedAtMs = world.clock.now();
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const fault = faults.take(name);
  let content: RequestContent = { encoding: 'query', parameters: {}, files: new Map() };
  const remember = (status: number | undefined, answer: Exchange['answer']) =>
    record({
      method: name,
      encoding: content.encoding,
      parameters: content.parameters,
      files: Object.fromEntries(
        [...content.files].map(([part, { name, bytes }]) => [part, { name, bytes: bytes.length }]),
      ),
      startedAtMs,
      endedAtMs: world.clock.now(),
      status,
      answer,
      fault: fault?.kind,
    });

  let answer: ApiResponse<unknown>;
  try {
    content = await readRequest(request, url);
    if (fault?.kind === 'hang') return remember(undefined, undefined);
    if (fault?.kind === 'reset-before') {
      remember(undefined, undefined);
      request.socket.resetAndDestroy();
      return;
    }
    if (fault) refuseByFault(fault);
    const method = findMethod(name);
    if (!method) throw notFound;
    const parameters = readParameters(content);
    const result: unknown = await method({ world, parameters, signal: closed.signal });
    answer = { ok: true, result };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    answer = renderError(error);
  }
  if (fault?.kind === 'reset-after') {
    remember(undefined, answer);
    request.socket.resetAndDestroy();
    return;
  }
  const status = answer.ok ? 200 : answer.error_code;
  // Whoever watches the ledger may already count on the client having its answer on the way.
  respond(response, status, answer);
  remember(status, answer);
}

function refuseByFault(fault: Fault): void {
  if (fault.kind === '500') throw new ApiError(500, 'Internal Server Error');
  if (fault.kind === '502') throw new ApiError(502, 'Bad Gateway');
  if (fault.kind === '429') throw tooManyRequests(fault.retryAfter ?? 1);
}

function renderError({ code, description, parameters }: ApiError): ApiErrorAnswer {
  return { ok: false, error_code: code, description, ...(parameters && { parameters }) };
}

function refuse(response: ServerResponse, error: ApiError): void {
  respond(response, error.code, renderError(error));
}

function respond(response: ServerResponse, status: number, answer: ApiResponse<unknown>): void {
  const body = Buffer.from(JSON.stringify(answer));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
  });
  response.end(body);
}
