import { vi } from 'vitest';
import { raised, refusalOf } from './a1111-requests.js';
import { type SeenCall, type ServiceAnswer, startFaultyServer } from './faulty-server.js';
import { pictureOf } from './service-pictures.js';

export interface A1111ServerOptions {
  /**
   * `internal` tells progress by task; `named` (`--nowebui`, newer) names the task in the global
   * one; `nameless` (older, SD.Next) tells of a job and not whose.
   */
  readonly progress?: 'internal' | 'named' | 'nameless';
  readonly checkpoints?: readonly string[];
  readonly samplers?: readonly string[];
  /** As `user:password`. */
  readonly login?: string;
  /** Divides the sides of pictures. */
  readonly shrink?: number;
  readonly steps?: number;
  /** What every run makes, in place of a drawing. */
  readonly picture?: () => Buffer;
}

interface Task {
  readonly id: string;
  readonly isForeign: boolean;
}

export type A1111Server = Awaited<ReturnType<typeof startA1111Server>>;

/** A stand-in for the web UI's API: one queue, one run at a time, a global interrupt. */
export async function startA1111Server(options: A1111ServerOptions = {}) {
  const { progress = 'internal', shrink = 4, steps = 3 } = options;
  const checkpoints = options.checkpoints ?? ['tiny-sd15.safetensors [0123456789]', 'other.ckpt'];
  const samplers = options.samplers ?? ['DPM++ 2M', 'Euler a', 'Euler', 'LCM'];
  let loaded = checkpoints[0] ?? '';
  let isHeld = false;
  let release: () => void = () => undefined;
  let current: Task | undefined;
  let isInterrupted = false;
  let isFree = false;
  let step = 0;
  let jobs = 0;
  let lastTurn: Promise<unknown> = Promise.resolve();
  let previewCount = 0;
  const pending: Task[] = [];
  /** Runs that an interrupt ended, in order. */
  const interrupted: Task[] = [];
  const extraNetworks: string[] = [];
  const errors: { readonly error: string; readonly text: string }[] = [];
  const preview = (await pictureOf({ width: 32, height: 32, noise: 'preview' })).toString('base64');

  /** The queue lock: one after the other, in the order of their coming. */
  function inTurn<T>(task: Task, work: () => Promise<T>): Promise<T> {
    pending.push(task);
    const turn = lastTurn.then(async () => {
      pending.splice(pending.indexOf(task), 1);
      current = task;
      isInterrupted = false;
      isFree = false;
      step = 0;
      jobs++;
      try {
        return await work();
      } finally {
        if (isInterrupted) interrupted.push(task);
        current = undefined;
      }
    });
    lastTurn = turn.catch(() => undefined);
    return turn;
  }

  async function sample(): Promise<void> {
    for (step = 0; step < steps && !isInterrupted; step++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      while (isHeld && !isFree && !isInterrupted) {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }
    }
  }

  async function generate(way: string, call: SeenCall): Promise<ServiceAnswer> {
    const body = JSON.parse(call.body.toString('utf8')) as Record<string, unknown>;
    const refusal = refusalOf(way, body, samplers);
    if (refusal) return refusal;
    const task = { id: String(body.force_task_id ?? crypto.randomUUID()), isForeign: false };
    return inTurn(task, async () => {
      for (const [whole] of `${body.prompt}${body.negative_prompt}`.matchAll(/<\w+:[^>]+>/g)) {
        extraNetworks.push(whole);
      }
      const failure = errors.shift();
      if (failure) return raised(500, failure.error, '', failure.text);
      const { sd_model_checkpoint: wanted } = (body.override_settings ?? {}) as {
        sd_model_checkpoint?: string;
      };
      // An unknown name is passed over in silence.
      const model = checkpoints.find((each) => each === wanted || each.startsWith(`${wanted} [`));
      await sample();
      const count = Number(body.batch_size ?? 1) * Number(body.n_iter ?? 1);
      const seeds = Array.from({ length: count }, (_, index) => Number(body.seed) + index);
      const images = await Promise.all(seeds.map((seed) => draw(body, seed, model ?? loaded)));
      const info = { all_seeds: seeds, seed: seeds[0], index_of_first_image: 0 };
      return {
        json: {
          images: images.map((image) => image.toString('base64')),
          parameters: {},
          info: JSON.stringify(info),
        },
      };
    });
  }

  async function draw(body: Record<string, unknown>, seed: number, model: string): Promise<Buffer> {
    if (options.picture) return options.picture();
    const bytesOf = (text: unknown) => Buffer.from(String(text), 'base64');
    const [source] = (body.init_images ?? []) as string[];
    return pictureOf({
      width: Number(body.width ?? 512) / shrink,
      height: Number(body.height ?? 512) / shrink,
      noise: `${seed}/${body.prompt}/${body.negative_prompt}/${model}`,
      ...(source !== undefined && {
        source: bytesOf(source),
        share: Number(body.denoising_strength ?? 0.75),
      }),
      ...(body.mask !== undefined && { mask: bytesOf(body.mask) }),
    });
  }

  function globalState(): unknown {
    const isBusy = current !== undefined;
    return {
      progress: isBusy ? 0.01 + step / steps : 0,
      eta_relative: 0,
      state: {
        job: isBusy ? 'scripts_txt2img' : '',
        job_count: isBusy ? 1 : 0,
        job_no: 0,
        job_timestamp: isBusy ? `2026010100000${jobs}` : '0',
        sampling_step: step,
        sampling_steps: steps,
        interrupted: isInterrupted,
      },
      current_image: isBusy ? preview : null,
      ...(progress === 'named' && { current_task: current?.id ?? null }),
    };
  }

  function taskState(call: SeenCall): unknown {
    const body = JSON.parse(call.body.toString('utf8')) as { id_task: string };
    const active = current?.id === body.id_task;
    const queued = pending.some(({ id }) => id === body.id_task);
    if (!active) return { active, queued, completed: false, id_live_preview: -1 };
    return {
      active,
      queued,
      completed: false,
      progress: step / steps,
      live_preview: `data:image/png;base64,${preview}`,
      id_live_preview: previewCount++,
    };
  }

  const server = await startFaultyServer(async (call, url) => {
    const asked = `${call.method} ${url.pathname}`;
    if (asked === 'POST /internal/progress' && progress === 'internal') {
      return { json: taskState(call) };
    }
    const login = `Basic ${Buffer.from(options.login ?? '').toString('base64')}`;
    if (options.login !== undefined && call.headers.authorization !== login) {
      return { status: 401, json: { detail: 'Incorrect username or password' } };
    }
    switch (asked) {
      case 'GET /sdapi/v1/sd-models':
        return { json: checkpoints.map((title) => ({ title, model_name: stem(title) })) };
      case 'GET /sdapi/v1/options':
        return { json: { sd_model_checkpoint: loaded, samples_format: 'png' } };
      case 'GET /sdapi/v1/samplers':
        return { json: samplers.map((name) => ({ name, aliases: [], options: {} })) };
      case 'GET /sdapi/v1/schedulers':
        return { json: [{ name: 'karras', label: 'Karras' }] };
      case 'GET /sdapi/v1/upscalers':
        return { json: [{ name: 'None' }, { name: 'Lanczos' }, { name: 'R-ESRGAN 4x+' }] };
      case 'GET /sdapi/v1/progress':
        return { json: globalState() };
      case 'POST /sdapi/v1/interrupt':
        isInterrupted = true;
        release();
        return {};
      case 'POST /sdapi/v1/txt2img':
        return generate('txt2img', call);
      case 'POST /sdapi/v1/img2img':
        return generate('img2img', call);
      case 'POST /sdapi/v1/extra-single-image':
        return enlarge(call);
      default:
        return { status: 404, json: { detail: 'Not Found' } };
    }
  });

  async function enlarge(call: SeenCall): Promise<ServiceAnswer> {
    const body = JSON.parse(call.body.toString('utf8')) as Record<string, unknown>;
    if (body.upscaler_1 === undefined || body.upscaler_1 === 'None') {
      return { json: { html_info: '', image: body.image } };
    }
    return inTurn({ id: 'extras', isForeign: false }, async () => {
      await sample();
      const source = Buffer.from(String(body.image), 'base64');
      const factor = Number(body.upscaling_resize);
      const { default: sharp } = await import('sharp');
      const { width, height } = await sharp(source).metadata();
      const image = await sharp(source)
        .resize(width * factor, height * factor)
        .png()
        .toBuffer();
      return { json: { html_info: '', image: image.toString('base64') } };
    });
  }

  return {
    ...server,
    interrupted,
    extraNetworks,
    submissions: () => server.countOf(/^POST \/sdapi\/v1\/(txt2img|img2img|extra)/),
    stops: () => server.countOf(/^POST \/sdapi\/v1\/interrupt/),
    /** The body of the nth submission. */
    body(index = 0): Record<string, unknown> {
      const posts = server.calls.filter(({ path }) => /(txt|img)2img|extra-single/.test(path));
      return JSON.parse(posts.at(index)?.body.toString('utf8') ?? '{}');
    },
    hold() {
      isHeld = true;
    },
    release() {
      isHeld = false;
      release();
    },
    /** The run that is held goes on; the next one is held again. */
    releaseCurrent() {
      isFree = true;
      release();
    },
    failNext(error: string, text: string) {
      errors.push({ error, text });
    },
    load(title: string) {
      loaded = title;
    },
    /** Somebody else's run, in the web UI; it ends at `release` or an interrupt. */
    beginForeign: () => void inTurn({ id: 'task(foreign)', isForeign: true }, sample),
    /** Until a run of ours is at its sampler. */
    async began() {
      const isOurs = () => current !== undefined && !current.isForeign;
      await vi.waitFor(() => isOurs() || Promise.reject(new Error('no run has begun')), {
        timeout: 20_000,
        interval: 5,
      });
    },
    current: () => current,
    /** Runs of ours that wait behind another. */
    waiting: () => pending.filter(({ isForeign }) => !isForeign).length,
    async close() {
      isHeld = false;
      isInterrupted = true;
      release();
      await server.close();
    },
  };
}

function stem(title: string): string {
  return title.replace(/ \[.*$/, '').replace(/\.\w+$/, '');
}
