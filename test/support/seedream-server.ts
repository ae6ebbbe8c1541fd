import type { ServerResponse } from 'node:http';
import { vi } from 'vitest';
import { type SeenCall, type ServiceAnswer, startFaultyServer } from './faulty-server.js';
import { pictureOf } from './service-pictures.js';

export interface SeedreamServerOptions {
  readonly apiKey?: string;
  readonly models?: readonly string[];
  /** Whether it answers `stream: true` with events. */
  readonly streams?: boolean;
}

interface ItemError {
  readonly code: string;
  readonly message: string;
}

/** What becomes of the next run, in place of its images. */
export type SeedreamScript =
  /** Of the images by their place; the rest succeed. */
  | { readonly kind: 'items'; readonly errors: Readonly<Record<number, ItemError>> }
  /** The stream ends after so many images. */
  | { readonly kind: 'cut-after'; readonly images: number }
  /** Fewer than were asked for, and nothing is said of it. */
  | { readonly kind: 'fewer'; readonly images: number }
  | { readonly kind: 'half-image' };

export type SeedreamServer = Awaited<ReturnType<typeof startSeedreamServer>>;

const key = 'ark-canary-key-0123456789abcdef';

/** A stand-in for Ark's `images/generations`: strict about what a request may say. */
export async function startSeedreamServer(options: SeedreamServerOptions = {}) {
  const { apiKey = key, streams = true } = options;
  const models = options.models ?? [
    'doubao-seedream-5-0-260128',
    'doubao-seedream-4-5-251128',
    'doubao-seedream-4-0-250828',
  ];
  const scripts: SeedreamScript[] = [];
  let isHeld = false;
  let begun = 0;
  let release: () => void = () => undefined;

  function refusal(status: number, code: string, message: string): ServiceAnswer {
    return { status, json: { error: { code, message, param: '', type: 'BadRequest' } } };
  }

  function wrongIn(body: Record<string, unknown>): string | undefined {
    const known = new Set([
      'model',
      'prompt',
      'image',
      'size',
      'sequential_image_generation',
      'sequential_image_generation_options',
      'response_format',
      'watermark',
      'stream',
    ]);
    const unknown = Object.keys(body).find((name) => !known.has(name));
    if (unknown) return `unknown parameter ${unknown}`;
    if (typeof body.prompt !== 'string' || body.prompt === '') return 'prompt is required';
    const [width = 0, height = 0] = String(body.size).split('x').map(Number);
    const pixels = width * height;
    if (!(pixels >= 3_686_400 && pixels <= 16_777_216)) return `size ${body.size} is out of range`;
    if (!(width / height >= 1 / 16 && width / height <= 16)) return 'the ratio is out of range';
    const images = [body.image ?? []].flat().map(String);
    const isContent = (image: string) => /^data:image\/[a-z]+;base64,[A-Za-z0-9+/]+=*$/.test(image);
    if (!images.every(isContent)) return 'image is neither an address nor data:image/…;base64,';
    const limits = body.sequential_image_generation_options as { max_images?: number } | undefined;
    const most = limits?.max_images ?? 1;
    if (limits && body.sequential_image_generation !== 'auto') return 'a limit without a set';
    if (images.length + most > 15) return 'at most 15 images in and out';
    return undefined;
  }

  async function generate(call: SeenCall): Promise<ServiceAnswer> {
    if (call.headers.authorization !== `Bearer ${apiKey}`) {
      const sent = call.headers.authorization;
      return refusal(401, 'AuthenticationError', `The API key ${sent} is invalid. Request id: 1`);
    }
    const body = JSON.parse(call.body.toString('utf8')) as Record<string, unknown>;
    if (!models.includes(String(body.model))) {
      const message = `The model or endpoint ${body.model} does not exist`;
      return refusal(404, 'InvalidEndpointOrModel.NotFound', message);
    }
    const wrong = wrongIn(body);
    if (wrong) return refusal(400, 'InvalidParameter', wrong);
    begun++;
    while (isHeld) await new Promise<void>((resolve) => (release = resolve));
    const script = scripts.shift();
    return body.stream === true && streams
      ? { write: (response) => writeEvents(response, body, script) }
      : { json: { model: body.model, created: 1, data: await itemsOf(body, script) } };
  }

  async function itemsOf(body: Record<string, unknown>, script: SeedreamScript | undefined) {
    const limits = body.sequential_image_generation_options as { max_images?: number } | undefined;
    const asked = limits?.max_images ?? 1;
    const count = script?.kind === 'fewer' ? script.images : asked;
    const [width = 0, height = 0] = String(body.size).split('x').map(Number);
    const [source] = [body.image ?? []].flat().map(String);
    return Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const error = script?.kind === 'items' ? script.errors[index] : undefined;
        if (error) return { error };
        const picture = await pictureOf({
          width: Math.round(width / 16),
          height: Math.round(height / 16),
          noise: `${body.prompt}/${index}/${body.model}`,
          ...(source && { source: Buffer.from(source.split(',')[1] ?? '', 'base64'), share: 0.5 }),
        });
        const bytes = script?.kind === 'half-image' ? picture.subarray(0, 400) : picture;
        return { b64_json: bytes.toString('base64'), size: body.size };
      }),
    );
  }

  async function writeEvents(
    response: ServerResponse,
    body: Record<string, unknown>,
    script: SeedreamScript | undefined,
  ): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const send = (type: string, data: object) =>
      response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
    const items = await itemsOf(body, script);
    for (const [image_index, item] of items.entries()) {
      if (script?.kind === 'cut-after' && image_index === script.images) {
        response.socket?.end();
        return;
      }
      const type = 'error' in item ? 'partial_failed' : 'partial_succeeded';
      send(`image_generation.${type}`, { model: body.model, created: 1, image_index, ...item });
    }
    send('image_generation.completed', { usage: { generated_images: items.length } });
    response.end('data: [DONE]\n\n');
  }

  const server = await startFaultyServer(async (call, url) => {
    if (call.method === 'POST' && url.pathname === '/api/v3/images/generations') {
      return generate(call);
    }
    return refusal(404, 'NotFound', 'no such path');
  });

  return {
    ...server,
    url: `${server.url}/api/v3`,
    apiKey,
    submissions: () => server.countOf(/^POST .*\/images\/generations/),
    /** The body of the nth submission. */
    body(index = 0): Record<string, unknown> {
      const posts = server.calls.filter(({ method }) => method === 'POST');
      return JSON.parse(posts.at(index)?.body.toString('utf8') ?? '{}');
    },
    script: (...next: SeedreamScript[]) => scripts.push(...next),
    failNext(status: number, code: string, message = 'no reason', headers = {}) {
      const body = JSON.stringify({ error: { code, message } });
      server.fail('POST', { kind: 'status', status, body, headers });
    },
    hold() {
      isHeld = true;
    },
    release() {
      isHeld = false;
      release();
    },
    async began() {
      await vi.waitFor(() => begun > 0 || Promise.reject(new Error('no run has begun')), {
        timeout: 20_000,
        interval: 5,
      });
    },
    async close() {
      isHeld = false;
      release();
      await server.close();
    },
  };
}
