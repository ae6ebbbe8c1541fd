import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { vi } from 'vitest';
import { z } from 'zod';
import { drawCloudPicture, type PictureOrder } from './cloud-pictures.js';
import { commitFault, cutShort, type Fault, type FaultRule, nextFault } from './comfyui-faults.js';

interface Job {
  readonly id: string;
  status: 'queued' | 'generating' | 'completed' | 'failed' | 'cancelled';
  readonly images: string[];
  looks: number;
}

const base64 = z.string().regex(/^[A-Za-z0-9+/]+=*$/);
/** The fields of `img_gen` that we use; the stand-in refuses others. */
const body = z.strictObject({
  prompt: z.string().min(1),
  negative_prompt: z.string().optional(),
  width: z.int().multipleOf(8),
  height: z.int().multipleOf(8),
  seed: z.int(),
  batch_count: z.int().min(1).max(8),
  strength: z.number().min(0).max(1).optional(),
  init_image: base64.optional(),
  mask_image: base64.optional(),
  ref_images: z.array(base64).optional(),
  sample_params: z
    .strictObject({
      sample_steps: z.int().optional(),
      guidance: z.strictObject({ txt_cfg: z.number() }).optional(),
    })
    .optional(),
  output_format: z.enum(['png', 'jpeg', 'webp']),
});
export type SdcppOrder = z.infer<typeof body>;

export type SdcppServer = Awaited<ReturnType<typeof startSdcppServer>>;

/** A stand-in for stable-diffusion.cpp's server on 127.0.0.1, by its native API. */
export async function startSdcppServer({ shrink = 1 } = {}) {
  const orders: SdcppOrder[] = [];
  const jobs = new Map<string, Job>();
  const faults: FaultRule[] = [];
  let stops = 0;
  let submissions = 0;
  let isHeld = false;
  /** What every job fails with. */
  let failure: string | undefined;

  async function answer(method: string, path: string, text: string): Promise<[number, unknown]> {
    if (method === 'GET' && path === '/sdcpp/v1/capabilities') {
      const defaults = { width: 512, height: 512 };
      const model = { name: 'sd15.safetensors', stem: 'sd15', path: '/models/sd15.safetensors' };
      return [200, { model, defaults_by_mode: { img_gen: defaults } }];
    }
    if (method === 'POST' && path === '/sdcpp/v1/img_gen') return submit(text);
    const [, id = '', action] = path.match(/^\/sdcpp\/v1\/jobs\/([^/]+)(\/cancel)?$/) ?? [];
    const job = jobs.get(id);
    if (!job) return [404, { error: { message: 'job not found' } }];
    if (method === 'POST' && action) {
      stops += 1;
      if (job.status === 'completed') return [409, { error: { message: 'job is over' } }];
      job.status = 'cancelled';
    } else advance(job);
    const { status, images } = job;
    const result = {
      output_format: 'png',
      images: images.map((b64_json, index) => ({ index, b64_json })),
    };
    const errors = {
      cancelled: { code: 'cancelled', message: 'by client' },
      failed: { code: 'generation_failed', message: failure },
    };
    const error = status === 'cancelled' || status === 'failed' ? errors[status] : null;
    return [200, { id, status, result: status === 'completed' ? result : null, error }];
  }

  function advance(job: Job): void {
    job.looks += 1;
    if (job.status === 'queued') job.status = 'generating';
    else if (job.status === 'generating' && !isHeld) {
      job.status = failure === undefined ? 'completed' : 'failed';
    }
  }

  async function submit(text: string): Promise<[number, unknown]> {
    submissions += 1;
    const parsed = body.safeParse(JSON.parse(text));
    if (!parsed.success) return [400, { error: { message: z.prettifyError(parsed.error) } }];
    const order = parsed.data;
    orders.push(order);
    const pictures = await Promise.all(
      Array.from({ length: order.batch_count }, async (_, index) =>
        drawCloudPicture({ ...(await wishOf(order)), seed: order.seed + index, shrink }),
      ),
    );
    const id = `job_${orders.length}`;
    const images = pictures.map((bytes) => bytes.toString('base64'));
    jobs.set(id, { id, status: 'queued', images, looks: 0 });
    return [202, { id, kind: 'img_gen', status: 'queued', poll_url: `/sdcpp/v1/jobs/${id}` }];
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const [method, path] = [request.method ?? 'GET', request.url ?? '/'];
    const sent = Buffer.concat(chunks);
    const fault = nextFault(faults, method, path, sent);
    if (fault && commitFault(fault, request, response)) return;
    const [status, value] = await answer(method, path, sent.toString('utf8'));
    if (fault?.kind === 'reset-after') return void request.socket.resetAndDestroy();
    const text = JSON.stringify(value);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(cutShort(fault, Buffer.from(text)));
  }

  const http = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    orders,
    jobs,
    submissions: () => submissions,
    stops: () => stops,
    fail(call: string, fault: Fault, times = 1) {
      faults.push({ call, fault, times });
    },
    endJobs(reason: string) {
      failure = reason;
    },
    hold: () => {
      isHeld = true;
    },
    release: () => {
      isHeld = false;
    },
    /** Until somebody has asked after a job: it is known by its id then. */
    async began() {
      await vi.waitFor(
        () => {
          if (![...jobs.values()].some(({ looks }) => looks > 0)) throw new Error('no job');
        },
        { timeout: 20_000, interval: 5 },
      );
    },
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

async function wishOf(order: SdcppOrder): Promise<PictureOrder> {
  const decoded = [order.init_image ?? [], order.ref_images ?? []].flat();
  const white = order.mask_image && Buffer.from(order.mask_image, 'base64');
  const kept = white && (await sharp(white).greyscale().negate().raw().toBuffer());
  const size = white ? await sharp(white).metadata() : { width: 1, height: 1 };
  const raw = { width: size.width, height: size.height, channels: 1 } as const;
  const black = { ...raw, channels: 3, background: '#000' } as const;
  return {
    prompt: order.prompt,
    negative: order.negative_prompt,
    width: order.width,
    height: order.height,
    seed: order.seed,
    inputs: decoded.map((text) => Buffer.from(text, 'base64')),
    ...(order.strength !== undefined && { strength: order.strength }),
    ...(kept && {
      mask: await sharp({ create: black }).joinChannel(kept, { raw }).png().toBuffer(),
    }),
  };
}
