import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createExecution } from './comfyui-execution.js';
import { commitFault, cutShort, type Fault, type FaultRule, nextFault } from './comfyui-faults.js';
import type { StandInFiles } from './comfyui-nodes.js';
import type { StandInGraph } from './comfyui-pictures.js';
import { recordedPreview } from './comfyui-recordings.js';
import { createRoutes, maxUploadBytes } from './comfyui-routes.js';

export interface ComfyUiServerOptions {
  /**
   * `0.3.64` is the recorded one. `old` interrupts whatever runs, knows no folders of models and
   * gives runs ids of its own. `new` has the jobs' own cancel.
   */
  readonly version?: 'old' | '0.3.64' | 'new';
  readonly checkpoints?: readonly string[];
  /** Files in other folders. */
  readonly files?: StandInFiles;
  /** Folders that it does not know, as older versions do not. */
  readonly lacksFolders?: readonly string[];
  /** Classes of nodes that it lacks. */
  readonly lacks?: readonly string[];
  readonly stepMs?: number;
  /** Divides the sides of pictures, for tests that make many. */
  readonly shrink?: number;
  /** A proxy before it asks for this header. */
  readonly requiredHeader?: readonly [name: string, value: string];
  readonly port?: number;
}

export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type ComfyUiServer = Awaited<ReturnType<typeof startComfyUiServer>>;

/** A stand-in for ComfyUI on 127.0.0.1 that says what the recordings say, in their order. */
export async function startComfyUiServer(options: ComfyUiServerOptions = {}) {
  const { version = '0.3.64', stepMs = 1 } = options;
  const checkpoints = [...(options.checkpoints ?? ['tiny-sd15.safetensors'])];
  const calls: SeenCall[] = [];
  const faults: FaultRule[] = [];
  const uploads = new Map<string, Buffer>();
  const saved = new Map<string, Buffer>();
  const sockets = new Map<string, { socket: WebSocket; wantsMetadata: boolean }>();
  const clientIds: string[] = [];
  const preview = recordedPreview();
  let forgetsLate = false;
  let letGo: () => void = () => undefined;

  const send = (socket: WebSocket, type: string, data: object) =>
    socket.send(JSON.stringify({ type, data }));
  const execution = createExecution({
    stepMs,
    shrink: options.shrink ?? 1,
    uploads,
    saved,
    send(clientId, type, data) {
      const client = clientId === undefined ? undefined : sockets.get(clientId);
      if (client) send(client.socket, type, data);
    },
    sendPreview(clientId, metadata) {
      const client = clientId === undefined ? undefined : sockets.get(clientId);
      client?.socket.send(previewFrame(preview, client.wantsMetadata ? metadata : undefined));
    },
    sendStatus() {
      for (const { socket } of sockets.values())
        send(socket, 'status', { status: execution.status });
    },
  });

  const answer = createRoutes({
    version,
    files: { upscale_models: [], diffusion_models: [], ...options.files, checkpoints },
    lacks: options.lacks ?? [],
    lacksFolders: options.lacksFolders ?? [],
    uploads,
    saved,
    execution,
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', 'http://comfyui');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const seen = {
      method,
      path: url.pathname + url.search,
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    calls.push(seen);
    if (!isLetIn(request)) {
      response.writeHead(401).end('Unauthorized');
      return;
    }
    const fault = nextFault(faults, method, url.pathname, seen.body);
    if (fault && commitFault(fault, request, response)) return;
    const { status = 200, ...rest } = await answer(
      method,
      url,
      seen.body,
      request.headers['content-type'] ?? '',
    );
    const whole =
      rest.bytes ?? Buffer.from(rest.json === undefined ? '' : JSON.stringify(rest.json));
    if (fault?.kind === 'reset-after') {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault?.kind === 'hang-after') return;
    if (fault?.kind === 'hold') await new Promise<void>((resolve) => (letGo = resolve));
    if (fault?.kind === 'replace') {
      response.writeHead(fault.status).end();
      return;
    }
    const bytes = cutShort(fault, whole);
    const contentType =
      rest.json === undefined ? rest.contentType : 'application/json; charset=utf-8';
    response.writeHead(status, contentType ? { 'content-type': contentType } : {}).end(bytes);
  }

  /** The real one refuses a foreign page's calls: a header that we must not send. */
  function isLetIn(request: IncomingMessage): boolean {
    if (request.headers.origin !== undefined) return false;
    const [name, value] = options.requiredHeader ?? [];
    return name === undefined || request.headers[name.toLowerCase()] === value;
  }

  const http = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const socketServer = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, stream, head) => {
    if (!isLetIn(request)) {
      stream.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      return;
    }
    socketServer.handleUpgrade(request, stream, head, (socket) => {
      const sid =
        new URL(request.url ?? '/', 'http://comfyui').searchParams.get('clientId') ??
        crypto.randomUUID();
      const client = { socket, wantsMetadata: false };
      clientIds.push(sid);
      sockets.set(sid, client);
      // The real one's fault: whoever holds the id by then is forgotten, too.
      socket.on('close', () => (forgetsLate ? undefined : sockets.delete(sid)));
      send(socket, 'status', { status: execution.status, sid });
      if (execution.running?.extra.client_id === sid && execution.lastNode !== undefined) {
        send(socket, 'executing', { node: execution.lastNode });
      }
      socket.once('message', (data) => {
        const message = JSON.parse(String(data));
        if (message.type !== 'feature_flags') return;
        client.wantsMetadata = message.data.supports_preview_metadata === true;
        send(socket, 'feature_flags', {
          supports_preview_metadata: true,
          max_upload_size: maxUploadBytes,
        });
      });
    });
  });
  await new Promise<void>((resolve) => http.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;

  const countOf = (pattern: RegExp) =>
    calls.filter((each) => pattern.test(`${each.method} ${each.path}`)).length;
  const dropSockets = () => {
    for (const { socket } of sockets.values()) socket.terminate();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    calls,
    uploads,
    saved,
    checkpoints,
    /** Client ids in the order of their sockets' opening. */
    clientIds,
    execution,
    countOf,
    submissions: () => countOf(/^POST (\/api)?\/prompt$/),
    stops: () => countOf(/^POST (\/interrupt|\/queue|\/api\/jobs\/)/),
    /** The graph of the nth submission. */
    graph(index = 0): StandInGraph {
      const posts = calls.filter((each) => each.method === 'POST' && each.path === '/prompt');
      return JSON.parse(posts.at(index)?.body.toString('utf8') ?? '{}').prompt;
    },
    fail(call: string, fault: Fault, times = 1) {
      faults.push({ call, fault, times });
    },
    /** Strikes every call of which `when` says so, by its body. */
    failWhen(call: string, fault: Fault, when: (body: Buffer) => boolean) {
      faults.push({ call, fault, times: Number.POSITIVE_INFINITY, when });
    },
    /** Lets a held answer leave. */
    letGo: () => letGo(),
    dropSockets,
    /** Drops all sockets, and forgets their ids only after they have come back, new ones with them. */
    async dropSocketsLate() {
      const ids = [...sockets.keys()];
      const before = clientIds.length;
      forgetsLate = true;
      dropSockets();
      await vi.waitFor(() => clientIds.length > before || Promise.reject(new Error('not back')), {
        timeout: 20_000,
      });
      forgetsLate = false;
      for (const id of ids) sockets.delete(id);
    },
    restart() {
      execution.restart();
      dropSockets();
    },
    /** Until a run has come to its sampler. */
    async began() {
      await vi.waitFor(
        () => {
          if (!execution.hasBegun) throw new Error('no run has begun');
        },
        { timeout: 20_000, interval: 5 },
      );
    },
    async close() {
      execution.release();
      for (const { socket } of sockets.values()) socket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await execution.close();
    },
  };
}

/** Type 4 where the client said that it reads metadata, else type 1 with 1 for JPEG. */
function previewFrame(image: Buffer, metadata: object | undefined): Buffer {
  const text = metadata && Buffer.from(JSON.stringify(metadata));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(text ? 4 : 1, 0);
  head.writeUInt32BE(text ? text.length : 1, 4);
  return Buffer.concat([head, text ?? Buffer.alloc(0), image]);
}
