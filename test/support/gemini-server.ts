import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';
import { drawCloudPicture } from './cloud-pictures.js';
import { commitFault, cutShort, type Fault, type FaultRule, nextFault } from './comfyui-faults.js';
import { type GeminiOrder, GeminiRefusal, readGeminiOrder } from './gemini-validation.js';

export interface GeminiServerOptions {
  readonly apiKey?: string;
  readonly models?: readonly string[];
  /** Divides the sides of pictures, for tests that make many. */
  readonly shrink?: number;
}

/** Instead of a picture: a whole answer of `generateContent`, with status 200. */
export interface ScriptedAnswer {
  readonly answer: object;
}

export type GeminiServer = Awaited<ReturnType<typeof startGeminiServer>>;

/** A stand-in for the Gemini API on 127.0.0.1, as strict as the real one about what it takes. */
export async function startGeminiServer(options: GeminiServerOptions = {}) {
  const { apiKey = 'AIza-canary-gemini-0123456789' } = options;
  const models = options.models ?? ['gemini-3.1-flash-image', 'gemini-3-pro-image'];
  const orders: GeminiOrder[] = [];
  const scripts: ScriptedAnswer[] = [];
  const faults: FaultRule[] = [];
  let submissions = 0;
  let running = 0;
  let mostRunning = 0;
  let begun = 0;
  let abandoned = 0;
  let isHeld = false;
  let release: () => void = () => undefined;
  let held = Promise.resolve();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const { pathname: path } = new URL(request.url ?? '/', 'http://gemini');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (method === 'POST') submissions += 1;
    const fault = nextFault(faults, method, path, body);
    if (fault && commitFault(fault, request, response)) return;
    try {
      checkKey(request);
      if (method === 'GET' && path === '/v1beta/models') {
        return send(response, 200, {
          models: [
            { name: 'models/gemini-3-flash', supportedGenerationMethods: ['generateContent'] },
            { name: 'models/imagen-4.0-generate-001', supportedGenerationMethods: ['predict'] },
            ...models.map((id) => ({
              name: `models/${id}`,
              supportedGenerationMethods: ['generateContent', 'countTokens'],
            })),
          ],
        });
      }
      const model = path.match(/^\/v1beta\/models\/([^:]+):generateContent$/)?.[1];
      if (method !== 'POST' || model === undefined) {
        throw new GeminiRefusal(404, 'NOT_FOUND', 'not found');
      }
      await perform(await readGeminiOrder(model, body, models), request, response, fault);
    } catch (error) {
      if (!(error instanceof GeminiRefusal)) throw error;
      send(response, error.code, error.body);
    }
  }

  function checkKey(request: IncomingMessage): void {
    const key = request.headers['x-goog-api-key'];
    if (key === apiKey) return;
    const message = `API key not valid. Please pass a valid API key. (${key})`;
    throw new GeminiRefusal(400, 'INVALID_ARGUMENT', message, [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
    ]);
  }

  async function perform(
    order: GeminiOrder,
    request: IncomingMessage,
    response: ServerResponse,
    fault: Fault | undefined,
  ): Promise<void> {
    orders.push(order);
    running += 1;
    mostRunning = Math.max(mostRunning, running);
    response.once('close', () => {
      running -= 1;
      if (!response.writableFinished) abandoned += 1;
    });
    begun += 1;
    const script = scripts.shift();
    if (script) return send(response, 200, script.answer);
    const shrink = options.shrink ?? 1;
    const picture = await drawCloudPicture({ ...order, shrink });
    if (isHeld) await held;
    if (fault?.kind === 'reset-after') {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault?.kind === 'hang-after') return;
    const inlineData = { mimeType: 'image/png', data: picture.toString('base64') };
    const answer = {
      candidates: [
        { content: { role: 'model', parts: [{ inlineData }] }, finishReason: 'STOP', index: 0 },
      ],
      usageMetadata: { totalTokenCount: 1290 },
      modelVersion: order.model,
    };
    const text = JSON.stringify(answer);
    response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' });
    response.end(cutShort(fault, Buffer.from(text)));
  }

  const http = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    apiKey,
    /** The orders that were taken, in their order. */
    orders,
    submissions: () => submissions,
    /** Runs whose caller went away before their end. */
    abandoned: () => abandoned,
    mostRunning: () => mostRunning,
    fail(call: string, fault: Fault, times = 1) {
      faults.push({ call, fault, times });
    },
    /** The next orders are answered so, instead of by pictures. */
    script: (...answers: object[]) => scripts.push(...answers.map((answer) => ({ answer }))),
    hold() {
      isHeld = true;
      held = new Promise((resolve) => (release = resolve));
    },
    release() {
      isHeld = false;
      release();
    },
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

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify(value));
}
