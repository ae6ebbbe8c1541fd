import type { z } from 'zod';
import { BackendError } from '../backend-error.js';
import { addressOf, type ServerAddress } from '../server-address.js';
import {
  type Exchange,
  type ExchangeRequest,
  type HttpExchanger,
  readExcerpt,
  readWhole,
  TransportError,
} from '../service/exchange.js';
import { retryAfterMsOf } from '../service/retry-after.js';
import { fromGarbage, fromTransport } from '../service/service-errors.js';
import { withoutSecrets } from '../service/service-text.js';
import {
  type Checkpoint,
  checkpoints,
  type GlobalProgressAnswer,
  generation,
  globalProgress,
  named,
  options,
  schedulers,
  type TaskProgressAnswer,
  taskProgress,
  upscaled,
} from './a1111-answers.js';
import { fromRefusal, service } from './a1111-errors.js';
import type { A1111Timings } from './a1111-options.js';

/** The calls of BACKENDS §2, one method each. All of them throw `BackendError`. */
export interface A1111Client {
  health(signal?: AbortSignal): Promise<void>;
  checkpoints(signal?: AbortSignal): Promise<readonly Checkpoint[]>;
  /** The title of the checkpoint that is loaded, where the server tells. */
  loadedCheckpoint(signal?: AbortSignal): Promise<string | undefined>;
  samplers(signal: AbortSignal): Promise<readonly string[]>;
  /** Labels and names. */
  schedulers(signal: AbortSignal): Promise<readonly string[]>;
  upscalers(signal: AbortSignal): Promise<readonly string[]>;
  /** Answers when the images are made, however long that takes. */
  generate(
    way: 'txt2img' | 'img2img',
    json: object,
    signal: AbortSignal,
  ): Promise<z.infer<typeof generation>>;
  /** Answers one image in base64. */
  upscale(json: object, signal: AbortSignal): Promise<string>;
  /** Undefined where the server has no such call (`--nowebui`). */
  taskProgress(
    task: { readonly id: string; readonly previewId: number },
    signal?: AbortSignal,
  ): Promise<TaskProgressAnswer | undefined>;
  globalProgress(signal?: AbortSignal): Promise<GlobalProgressAnswer>;
  /** Stops whatever runs. */
  interrupt(): Promise<void>;
}

const maxSmallBytes = 32 * 1024 * 1024;

export function createA1111Client(
  http: HttpExchanger,
  address: ServerAddress,
  timings: A1111Timings,
  maxAnswerBytes: number,
): A1111Client {
  const { callMs, idleMs } = timings;
  interface Call extends Omit<ExchangeRequest, 'url' | 'headers' | 'idleMs'> {
    readonly path: string;
  }

  async function call(request: Call): Promise<{ text: string; contentType: string | null }> {
    const { path } = request;
    const label = `${request.method ?? 'GET'} ${path.split('?')[0]}`;
    try {
      const exchange = await http.open({
        ...request,
        url: addressOf(address.url, path),
        headers: address.headers,
        idleMs,
      });
      if (exchange.status !== 200) throw await refusalOf(label, exchange);
      const bytes = await readWhole(exchange);
      const contentType = exchange.headers.get('content-type');
      return { text: bytes.toString('utf8'), contentType };
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      throw fromTransport(error, service, { mayHaveRun: false });
    }
  }

  async function refusalOf(label: string, exchange: Exchange): Promise<BackendError> {
    const { status, headers } = exchange;
    const body = withoutSecrets(await readExcerpt(exchange), address.secrets);
    return fromRefusal({
      call: label,
      status,
      body,
      retryAfterMs: retryAfterMsOf(headers, Date.now()),
    });
  }

  async function json<T>(request: Call, schema: z.ZodType<T>): Promise<T> {
    const { text, contentType } = await call(request);
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      const body = withoutSecrets(text.slice(0, 1000), address.secrets);
      const garbage = { call: request.path, contentType, body };
      throw fromGarbage(garbage, service, { mayHaveRun: false, cause });
    }
  }

  const small = (path: string, signal: AbortSignal | undefined, answerMs = callMs): Call => ({
    path,
    signal,
    answerMs,
    maxBytes: maxSmallBytes,
  });
  const names = async (path: string, signal: AbortSignal) =>
    (await json(small(path, signal), named)).map(({ name }) => name);

  return {
    async health(signal) {
      await json(small('/sdapi/v1/sd-models', signal, timings.healthMs), checkpoints);
    },
    checkpoints: (signal) => json(small('/sdapi/v1/sd-models', signal), checkpoints),
    async loadedCheckpoint(signal) {
      const answer = await json(small('/sdapi/v1/options', signal), options);
      return answer.sd_model_checkpoint ?? undefined;
    },
    samplers: (signal) => names('/sdapi/v1/samplers', signal),
    async schedulers(signal) {
      const listed = await json(small('/sdapi/v1/schedulers', signal), schedulers);
      return listed.flatMap(({ name, label }) => [label, name]);
    },
    upscalers: (signal) => names('/sdapi/v1/upscalers', signal),
    generate: (way, body, signal) =>
      json(
        {
          path: `/sdapi/v1/${way}`,
          method: 'POST',
          json: body,
          signal,
          maxBytes: maxAnswerBytes,
        },
        generation,
      ),
    async upscale(body, signal) {
      const path = '/sdapi/v1/extra-single-image';
      const request: Call = { path, method: 'POST', json: body, signal, maxBytes: maxAnswerBytes };
      return (await json(request, upscaled)).image;
    },
    async taskProgress({ id, previewId }, signal) {
      const body = { id_task: id, id_live_preview: previewId, live_preview: true };
      const request = small('/internal/progress', signal);
      try {
        return await json({ ...request, method: 'POST', json: body }, taskProgress);
      } catch (error) {
        // 404 or 405, or the page of a proxy or of another front end.
        if (error instanceof BackendError && error.operatorText !== undefined) return undefined;
        throw error;
      }
    },
    globalProgress: (signal) => json(small('/sdapi/v1/progress', signal), globalProgress),
    async interrupt() {
      await call({ ...small('/sdapi/v1/interrupt', undefined), method: 'POST', json: {} });
    },
  };
}
