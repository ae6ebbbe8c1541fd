import type { IncomingMessage, ServerResponse } from 'node:http';
import { DiscordError, refusal } from './errors.js';
import type { ArmedFaults, Fault } from './faults.js';
import type { Ledger, LedgerEntry } from './ledger.js';
import { type RateLimits, rateLimitedReply, retryHeaders } from './rate-limits.js';
import { parseBody, receiveBody } from './request-body.js';
import type { Match, Reply, Router } from './router.js';
import type { World } from './world.js';

/** Ten files of a boosted server's size, and the form around them. */
const maxBodyBytes = 10 * 100 * 1024 * 1024;

interface Answer extends Reply {
  headers?: Record<string, string>;
}

export interface RequestListenerDeps {
  world: World;
  router: Router;
  limits: RateLimits;
  faults: ArmedFaults;
  ledger: Ledger;
}

/** Answers every request under `/api`, `/api/v10` and the file folders. */
export function createRequestListener(deps: RequestListenerDeps) {
  const { world, ledger } = deps;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', world.origin);
    if (/^\/(ephemeral-)?attachments\//.test(url.pathname)) return serveFile(world, url, response);
    const method = request.method ?? 'GET';
    // discord.js writes `%40original`.
    const path = decodePath(url.pathname).replace(/^\/api(\/v10)?(?=\/)/, '');
    const match = url.pathname.startsWith('/api/') ? deps.router.match(method, path) : undefined;
    const route = typeof match === 'object' ? match.route.template : path;
    const entry: LedgerEntry = {
      method,
      route,
      path,
      status: undefined,
      at: world.clock.now(),
      contentType: request.headers['content-type'],
      requestBody: undefined,
      responseBody: undefined,
      fileNames: [],
    };
    ledger.add(entry);
    const fault = deps.faults.take(method, route);
    const answer = await produceAnswer(deps, request, url, match, fault, entry);
    if (answer === 'silence') return;
    if (answer === 'reset') request.socket.destroy();
    else {
      entry.status = answer.status;
      entry.responseBody = answer.body;
      respond(response, answer);
    }
    world.events.emit('request', entry);
    world.events.emit('change');
  };
}

async function produceAnswer(
  deps: RequestListenerDeps,
  request: IncomingMessage,
  url: URL,
  match: ReturnType<Router['match']>,
  fault: Fault | undefined,
  entry: LedgerEntry,
): Promise<Answer | 'reset' | 'silence'> {
  if (fault?.kind === 'reset-before') return 'reset';
  if (fault?.kind === 'hang') return 'silence';
  let headers: Record<string, string> = {};
  try {
    const bytes = await receiveBody(request, maxBodyBytes);
    if (fault?.kind === '500') throw new DiscordError(500, 0, '500: Internal Server Error');
    if (fault?.kind === '400') throw new DiscordError(400, 50035, 'Invalid Form Body');
    if (fault?.kind === '429') return rateLimitedReply(fault.retryAfterMs ?? 1000, 'user');
    const { json, files } = await parseBody(bytes, entry.contentType ?? '');
    entry.requestBody = json;
    entry.fileNames = [...files.values()].map(({ name }) => name);
    if (match === undefined) throw refusal('notFound');
    if (match === 'wrong method') throw refusal('methodNotAllowed');
    authorize(deps.world, match, request);
    const verdict = deps.limits.take(match);
    headers = verdict.headers;
    if (verdict.refused) {
      const refused = rateLimitedReply(verdict.refused.retryAfterMs, verdict.refused.scope);
      return { ...refused, headers: { ...headers, ...refused.headers } };
    }
    const call = { params: match.params, query: url.searchParams, body: json, files };
    const reply = match.route.handle(call);
    if (fault?.kind === 'reset-after') return 'reset';
    if (fault?.kind === '502-after') return { status: 502, body: '<html>502 Bad Gateway</html>' };
    return { ...reply, headers };
  } catch (error) {
    const refused = refusalReply(deps.world, error);
    return { ...refused, headers: { ...headers, ...refused.headers } };
  }
}

function authorize(world: World, { route }: Match, request: IncomingMessage): void {
  if (route.isInteractionEndpoint) return;
  if (request.headers.authorization !== `Bot ${world.token}`) throw refusal('unauthorized');
}

function refusalReply(world: World, error: unknown): Answer {
  if (error instanceof DiscordError) {
    const { status, retryAfterMs } = error;
    const headers = retryAfterMs === undefined ? {} : retryHeaders(retryAfterMs, 'shared');
    return { status, body: error.toBody(), headers };
  }
  world.events.emit('fault', error instanceof Error ? error : new Error(String(error)));
  return { status: 500, body: { message: '500: Internal Server Error', code: 0 } };
}

function respond(response: ServerResponse, { status, body, headers }: Answer): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const isPage = typeof body === 'string';
  const written = Buffer.from(isPage ? body : JSON.stringify(body));
  response
    .writeHead(status, {
      ...headers,
      'Content-Type': isPage ? 'text/html' : 'application/json',
      'Content-Length': written.length,
    })
    .end(written);
}

function serveFile(world: World, url: URL, response: ServerResponse): void {
  const attachment = world.files.open(url);
  if (!attachment) {
    response.writeHead(404, { 'Content-Type': 'text/plain' });
    response.end('This content is no longer available.');
    return;
  }
  response.writeHead(200, {
    'Content-Type': attachment.contentType ?? 'application/octet-stream',
    'Content-Length': attachment.bytes.length,
  });
  response.end(attachment.bytes);
}

/** A broken escape stays as it is, and no route fits it. */
function decodePath(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (escaped) =>
    String.fromCharCode(Number.parseInt(escaped.slice(1), 16)),
  );
}
