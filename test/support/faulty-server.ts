import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { commitFault, cutShort, type Fault, type FaultRule, nextFault } from './comfyui-faults.js';

export interface SeenCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface ServiceAnswer {
  readonly status?: number;
  readonly json?: unknown;
  /** In place of `json`: writes the answer by itself. */
  readonly write?: (response: ServerResponse, fault: Fault | undefined) => Promise<void>;
}

export type FaultyServer = Awaited<ReturnType<typeof startFaultyServer>>;

/** A stand-in of an image service on 127.0.0.1: what it answers is the caller's, faults are here. */
export async function startFaultyServer(
  answer: (call: SeenCall, url: URL) => Promise<ServiceAnswer>,
) {
  const calls: SeenCall[] = [];
  const faults: FaultRule[] = [];
  let letGo: () => void = () => undefined;
  let abandoned = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', 'http://service');
    response.once('close', () => {
      if (!response.writableFinished) abandoned += 1;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const call = { method, path: url.pathname + url.search, headers: request.headers, body };
    calls.push(call);
    const fault = nextFault(faults, method, url.pathname, body);
    if (fault && commitFault(fault, request, response)) return;
    const answered = await answer(call, url);
    if (fault?.kind === 'reset-after') return void request.socket.resetAndDestroy();
    if (fault?.kind === 'hang-after') return;
    if (fault?.kind === 'hold') await new Promise<void>((resolve) => (letGo = resolve));
    if (fault?.kind === 'replace') return void response.writeHead(fault.status).end();
    if (answered.write) return answered.write(response, fault);
    const whole = Buffer.from(JSON.stringify(answered.json ?? {}));
    response
      .writeHead(answered.status ?? 200, { 'content-type': 'application/json' })
      .end(cutShort(fault, whole));
  }

  const http = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    countOf: (pattern: RegExp) =>
      calls.filter(({ method, path }) => pattern.test(`${method} ${path}`)).length,
    /** Calls whose connection was dropped before their answer was whole. */
    abandoned: () => abandoned,
    fail(call: string, fault: Fault, times = 1) {
      faults.push({ call, fault, times });
    },
    /** Lets a held answer leave. */
    letGo: () => letGo(),
    async close() {
      letGo();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
