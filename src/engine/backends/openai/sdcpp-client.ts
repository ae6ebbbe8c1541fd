import { z } from 'zod';
import type { BackendError } from '../backend-error.js';
import { addressOf } from '../server-address.js';
import {
  type ExchangeRequest,
  type HttpExchanger,
  readExcerpt,
  readWhole,
  TransportError,
} from '../service/exchange.js';
import { type LibraryCall, refused } from '../service/library-errors.js';
import { retryAfterMsOf } from '../service/retry-after.js';
import { fromGarbage, fromTransport } from '../service/service-errors.js';

/**
 * The native API of stable-diffusion.cpp's server. All calls throw `BackendError`.
 * @see https://github.com/leejet/stable-diffusion.cpp/blob/master/examples/server/api.md
 */
export interface SdcppClient {
  capabilities(signal?: AbortSignal): Promise<SdcppServer>;
  /** Answers the job's id, long before its images. */
  submit(order: object): Promise<string>;
  /** Undefined where the server does not know the job (any more). */
  job(id: string, signal?: AbortSignal): Promise<SdcppJob | undefined>;
  /** Harmless when the job is over or unknown. */
  cancel(id: string): Promise<void>;
}

const server = z
  .object({
    model: z.object({ name: z.string().catch(''), stem: z.string().catch('') }),
    defaults_by_mode: z
      .object({ img_gen: z.object({ width: z.number(), height: z.number() }) })
      .optional()
      .catch(undefined),
  })
  .transform(({ model, defaults_by_mode: defaults }) => ({
    model: model.stem || model.name || 'stable-diffusion.cpp',
    /** Width × height of an image that nobody says the size of. */
    pixels: defaults && defaults.img_gen.width * defaults.img_gen.height,
  }));
export type SdcppServer = z.infer<typeof server>;

const accepted = z.object({ id: z.string().min(1) });

const job = z.object({
  status: z.enum(['queued', 'generating', 'completed', 'failed', 'cancelled']),
  result: z
    .object({ images: z.array(z.object({ b64_json: z.string() })) })
    .nullish()
    .catch(undefined),
  error: z
    .object({ code: z.string().catch(''), message: z.string().catch('') })
    .nullish()
    .catch(undefined),
});
export type SdcppJob = z.infer<typeof job>;

export const service = { name: 'stable-diffusion.cpp', paid: false };
const callMs = 8_000;
const submitMs = 60_000;
const idleMs = 30_000;
const maxSmallBytes = 4 * 1024 * 1024;

export function createSdcppClient(
  http: HttpExchanger,
  url: string,
  maxAnswerBytes: number,
): SdcppClient {
  interface Call extends Omit<ExchangeRequest, 'url' | 'idleMs'> {
    readonly path: string;
  }
  const small = (path: string, signal?: AbortSignal): Call => ({
    path: `/sdcpp/v1${path}`,
    signal,
    answerMs: callMs,
    maxBytes: maxSmallBytes,
  });

  /** Undefined for the statuses that say no more than that there is nothing. */
  async function call<T>(
    request: Call,
    schema: z.ZodType<T>,
    absent: readonly number[] = [],
  ): Promise<T | undefined> {
    const name = `${request.method ?? 'GET'} ${request.path}`;
    const named: LibraryCall = { name, service, mayHaveRun: false };
    try {
      const exchange = await http.open({ ...request, url: addressOf(url, request.path), idleMs });
      const { status, headers } = exchange;
      if (absent.includes(status)) {
        exchange.discard();
        return undefined;
      }
      if (status < 200 || status > 299) {
        throw refusalOf(named, status, await readExcerpt(exchange), headers);
      }
      const text = (await readWhole(exchange)).toString('utf8');
      return parse(named, text, headers.get('content-type'), schema);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      throw fromTransport(error, service, { mayHaveRun: false });
    }
  }

  return {
    capabilities: async (signal) => present(await call(small('/capabilities', signal), server)),
    async submit(order) {
      const request = { ...small('/img_gen'), method: 'POST', json: order } as const;
      return present(await call({ ...request, answerMs: submitMs }, accepted)).id;
    },
    job: (id, signal) =>
      call(
        { ...small(`/jobs/${encodeURIComponent(id)}`, signal), maxBytes: maxAnswerBytes },
        job,
        [404, 410],
      ),
    async cancel(id) {
      const path = `/jobs/${encodeURIComponent(id)}/cancel`;
      await call({ ...small(path), method: 'POST' }, z.unknown(), [404, 409, 410]);
    },
  };
}

function refusalOf(
  call: LibraryCall,
  status: number,
  body: string,
  headers: { get(name: string): string | null },
): BackendError {
  const message = refusal.safeParse(safeJson(body)).data?.error.message ?? body;
  return refused(call, status, message, retryAfterMsOf(headers, Date.now()));
}

const refusal = z.object({
  error: z.union([
    z.string().transform((message) => ({ message })),
    z.object({ message: z.string() }),
  ]),
});

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Its status alone has to do.
    return undefined;
  }
}

function parse<T>(
  call: LibraryCall,
  text: string,
  contentType: string | null,
  as: z.ZodType<T>,
): T {
  try {
    return as.parse(JSON.parse(text));
  } catch (cause) {
    const garbage = { call: call.name, contentType, body: text.slice(0, 1000) };
    throw fromGarbage(garbage, service, { mayHaveRun: false, cause });
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('absent only where a status is named');
  return value;
}
