import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';
import { drawCloudPicture } from './cloud-pictures.js';
import { commitFault, cutShort, type Fault, type FaultRule, nextFault } from './comfyui-faults.js';
import {
  type OpenAiDialect,
  type OpenAiOrder,
  OpenAiRefusal,
  readOpenAiOrder,
} from './openai-validation.js';

export interface OpenAiServerOptions {
  readonly dialect?: OpenAiDialect;
  readonly apiKey?: string;
  readonly models?: readonly string[];
  /** Divides the sides of pictures, for tests that make many. */
  readonly shrink?: number;
}

export interface SeenOpenAiCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly order?: OpenAiOrder;
}

export type OpenAiServer = Awaited<ReturnType<typeof startOpenAiServer>>;

/** A stand-in for OpenAI's Images API on 127.0.0.1, as strict as the real one about what it takes. */
export async function startOpenAiServer(options: OpenAiServerOptions = {}) {
  const { dialect = 'openai', apiKey = 'sk-canary-openai-0123456789' } = options;
  const models = options.models ?? ['gpt-4o', 'gpt-image-2', 'gpt-image-1.5'];
  const calls: SeenOpenAiCall[] = [];
  const faults: FaultRule[] = [];
  let running = 0;
  let mostRunning = 0;
  let begun = 0;
  let abandoned = 0;
  let isHeld = false;
  let release: () => void = () => undefined;
  let held = Promise.resolve();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const { pathname: path } = new URL(request.url ?? '/', 'http://openai');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const seen: { -readonly [K in keyof SeenOpenAiCall]: SeenOpenAiCall[K] } = {
      method,
      path,
      headers: request.headers,
    };
    calls.push(seen);
    const fault = nextFault(faults, method, path, body);
    if (fault && commitFault(fault, request, response)) return;
    try {
      checkKey(request);
      if (method === 'GET' && path === '/v1/models') {
        const data = models.map((id) => ({ id, object: 'model', created: 1, owned_by: dialect }));
        return sendJson(response, { object: 'list', data });
      }
      if (method !== 'POST' || !/^\/v1\/images\/(generations|edits)$/.test(path)) {
        throw new OpenAiRefusal(404, { message: `Invalid URL (${method} ${path})` });
      }
      const contentType = request.headers['content-type'] ?? '';
      seen.order = await readOpenAiOrder(dialect, path, contentType, body, models);
      await perform(seen.order, request, response, fault);
    } catch (error) {
      if (!(error instanceof OpenAiRefusal)) throw error;
      response.writeHead(error.status, { 'content-type': 'application/json', ...error.headers });
      response.end(JSON.stringify(error.body));
    }
  }

  function checkKey(request: IncomingMessage): void {
    const { authorization } = request.headers;
    if (authorization === `Bearer ${apiKey}`) return;
    throw new OpenAiRefusal(401, {
      message: `Incorrect API key provided: ${authorization?.replace('Bearer ', '')}. You can find your API key at https://platform.openai.com/account/api-keys.`,
      code: 'invalid_api_key',
      type: 'invalid_request_error',
    });
  }

  async function perform(
    order: OpenAiOrder,
    request: IncomingMessage,
    response: ServerResponse,
    fault: Fault | undefined,
  ): Promise<void> {
    running += 1;
    mostRunning = Math.max(mostRunning, running);
    response.once('close', () => {
      running -= 1;
      if (!response.writableFinished) abandoned += 1;
    });
    const pictures = await Promise.all(
      Array.from({ length: order.count }, (_, index) =>
        drawCloudPicture({ ...order, seed: order.seed + index, shrink: options.shrink ?? 1 }),
      ),
    );
    const kind = order.isEdit ? 'image_edit' : 'image_generation';
    const say = (type: string, fields: object) => {
      const data = JSON.stringify({ type: `${kind}.${type}`, ...fields });
      const told = fault?.kind === 'half-images' ? cutShort(fault, Buffer.from(data)) : data;
      response.write(`event: ${kind}.${type}\ndata: ${told}\n\n`);
    };
    const [first] = pictures.map((bytes) => bytes.toString('base64'));
    if (order.isStreamed) {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      for (let index = 0; index < order.partialImages; index++) {
        say('partial_image', { b64_json: first, partial_image_index: index });
        // A turn of its own, so that the client sees them one after the other.
        await sleep(1);
      }
    }
    begun += 1;
    if (isHeld) await held;
    if (fault?.kind === 'reset-after') {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault?.kind === 'hang-after') return;
    if (order.isStreamed) {
      // `half`: the stream ends well, and says nothing of a finished image.
      if (fault?.kind !== 'half') say('completed', { b64_json: first, usage: { total_tokens: 1 } });
      response.end();
      return;
    }
    const data = pictures.map((bytes) => ({ b64_json: bytes.toString('base64') }));
    const text = JSON.stringify({ created: 1, data });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(cutShort(fault, Buffer.from(text)));
  }

  const http = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const submissions = () => calls.filter((each) => each.method === 'POST').length;

  return {
    url: `http://127.0.0.1:${port}/v1`,
    apiKey,
    calls,
    submissions,
    /** Runs whose caller went away before their end. */
    abandoned: () => abandoned,
    mostRunning: () => mostRunning,
    /** The orders that were taken, in their order. */
    orders: () => calls.flatMap(({ order }) => (order ? [order] : [])),
    fail(call: string, fault: Fault, times = 1) {
      faults.push({ call, fault, times });
    },
    hold() {
      isHeld = true;
      held = new Promise((resolve) => (release = resolve));
    },
    release() {
      isHeld = false;
      release();
    },
    /** Until a run has begun since the last hold. */
    async began() {
      await vi.waitFor(
        () => {
          if (begun === 0) throw new Error('no run has begun');
        },
        { timeout: 20_000, interval: 5 },
      );
    },
    async close() {
      release();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
