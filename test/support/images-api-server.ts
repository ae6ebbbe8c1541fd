import { vi } from 'vitest';
import { type SeenCall, type ServiceAnswer, startFaultyServer } from './faulty-server.js';
import { pictureOf } from './service-pictures.js';

export type ImagesApiServer = Awaited<ReturnType<typeof startImagesApiServer>>;

/** A stand-in for one of the many servers with `images/generations` and `images/edits`. */
export async function startImagesApiServer() {
  const apiKey = 'canary-key-0123456789abcdef0123';
  let isHeld = false;
  let begun = 0;
  let release: () => void = () => undefined;
  let isEmpty = false;

  async function formOf(call: SeenCall): Promise<Record<string, unknown>> {
    const type = call.headers['content-type'] ?? '';
    const response = new Response(new Uint8Array(call.body), { headers: { 'content-type': type } });
    const form = await response.formData();
    const image = form.get('image') ?? form.get('image[]');
    const source = image instanceof File ? Buffer.from(await image.arrayBuffer()) : undefined;
    return { ...Object.fromEntries(form), source };
  }

  const server = await startFaultyServer(async (call, url): Promise<ServiceAnswer> => {
    if (call.method !== 'POST')
      return { status: 404, json: { error: { message: 'no such call' } } };
    if (call.headers.authorization !== `Bearer ${apiKey}`) {
      const message = `Incorrect API key provided: ${call.headers.authorization}`;
      return { status: 401, json: { error: { message } } };
    }
    const isEdit = url.pathname.endsWith('/images/edits');
    const body = isEdit ? await formOf(call) : JSON.parse(call.body.toString('utf8'));
    if (isEdit && body.source === undefined) {
      return { status: 400, json: { error: { message: 'image is not a file' } } };
    }
    begun++;
    while (isHeld) await new Promise<void>((resolve) => (release = resolve));
    const [width = 512, height = 512] = String(body.size ?? '512x512')
      .split('x')
      .map(Number);
    const count = isEmpty ? 0 : Number(body.n ?? 1);
    const pictures = Array.from({ length: count }, (_, index) =>
      pictureOf({
        width: width / 8,
        height: height / 8,
        noise: `${body.prompt}/${index}`,
        ...(body.source && { source: body.source, share: 0.5 }),
      }),
    );
    const data = (await Promise.all(pictures)).map((picture) => ({
      b64_json: picture.toString('base64'),
    }));
    return { json: { created: 1, data } };
  });

  return {
    ...server,
    url: `${server.url}/v1`,
    apiKey,
    submissions: () => server.countOf(/^POST /),
    answerEmpty() {
      isEmpty = true;
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
