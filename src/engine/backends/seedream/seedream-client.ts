import { BackendError } from '../backend-error.js';
import { readEvents } from '../service/event-stream.js';
import {
  type Exchange,
  type HttpExchanger,
  readExcerpt,
  readWhole,
  TransportError,
} from '../service/exchange.js';
import { retryAfterMsOf } from '../service/retry-after.js';
import { fromGarbage, fromStatus, fromTransport, unhealthy } from '../service/service-errors.js';
import { withoutSecrets } from '../service/service-text.js';
import {
  type AnswerItem,
  refusal,
  type ServiceError,
  streamEvent,
  wholeAnswer,
} from './seedream-answers.js';
import { brokenOff, fromRefusal, generationCall, service } from './seedream-errors.js';
import type { SeedreamTimings } from './seedream-options.js';

/** A refusal of a call, before a class is made of it. */
export interface RefusedGeneration {
  readonly status: number;
  readonly code: string;
  readonly failure: BackendError;
}

export interface SeedreamClient {
  /** Whether the service answers at all. @throws BackendError unavailable */
  probe(signal?: AbortSignal): Promise<void>;
  /**
   * Gives `onItem` each image or failure as it comes. Resolves at the end, or to a refusal.
   * @throws BackendError where the answer broke off, after the items that came before
   */
  generate(
    body: object,
    onItem: (item: AnswerItem) => void,
    signal: AbortSignal,
  ): Promise<RefusedGeneration | undefined>;
}

export interface SeedreamClientOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly timings: SeedreamTimings;
  readonly maxAnswerBytes: number;
}

const maxProbeBytes = 1024 * 1024;

export function createSeedreamClient(
  http: HttpExchanger,
  { url, apiKey, timings, maxAnswerBytes }: SeedreamClientOptions,
): SeedreamClient {
  const headers = { authorization: `Bearer ${apiKey}` };
  /** Some services repeat the key that they refuse. */
  const withoutKey = (text: string) => withoutSecrets(text, [apiKey]);

  async function refusalOf(exchange: Exchange): Promise<RefusedGeneration> {
    const { status } = exchange;
    const body = withoutKey(await readExcerpt(exchange));
    const retryAfterMs = retryAfterMsOf(exchange.headers, Date.now());
    const { code, message } = errorIn(body) ?? { code: '', message: body };
    const isNamed = code !== '';
    const failure = isNamed
      ? fromRefusal({ status, code, message, retryAfterMs })
      : fromStatus({ call: generationCall, status, body, retryAfterMs }, service);
    return { status, code, failure };
  }

  async function readEventsInto(exchange: Exchange, onItem: (item: AnswerItem) => void) {
    for await (const data of readEvents(exchange.chunks())) {
      if (data.trim() === '[DONE]') return;
      const event = parsed(data, 'text/event-stream', (value) => streamEvent.parse(value));
      const hasContent = event.b64_json != null || event.url != null || event.error !== undefined;
      if (hasContent) onItem(withoutKeyInError(event));
      if (event.type === 'error') return;
      if (event.type.endsWith('.completed')) return;
    }
    throw brokenOff();
  }

  function withoutKeyInError(item: AnswerItem): AnswerItem {
    const { error } = item;
    if (error === undefined) return item;
    return { ...item, error: { ...error, message: withoutKey(error.message) } };
  }

  function parsed<T>(text: string, contentType: string | null, parse: (value: unknown) => T): T {
    try {
      return parse(JSON.parse(text));
    } catch {
      const body = withoutKey(text.slice(0, 1000));
      const call = generationCall;
      throw fromGarbage({ call, contentType, body }, service, { mayHaveRun: true });
    }
  }

  return {
    async probe(signal) {
      try {
        const exchange = await http.open({
          url: `${url}/models`,
          headers,
          signal,
          answerMs: timings.healthMs,
          idleMs: timings.healthMs,
          maxBytes: maxProbeBytes,
        });
        exchange.discard();
        const { status } = exchange;
        // Whether it knows this call, or us, a run will tell; that it is there is enough.
        if (status < 300 || (status >= 400 && status < 500)) return;
        throw fromStatus({ call: 'GET /models', status, body: '' }, service);
      } catch (error) {
        if (error instanceof BackendError) throw unhealthy(error);
        if (!(error instanceof TransportError)) throw error;
        throw unhealthy(fromTransport(error, service, { mayHaveRun: false }));
      }
    },

    async generate(body, onItem, signal) {
      try {
        const exchange = await http.open({
          method: 'POST',
          url: `${url}/images/generations`,
          headers,
          json: body,
          signal,
          idleMs: timings.idleMs,
          maxBytes: maxAnswerBytes,
        });
        if (exchange.status !== 200) return await refusalOf(exchange);
        const contentType = exchange.headers.get('content-type');
        if (contentType?.startsWith('text/event-stream')) {
          await readEventsInto(exchange, onItem);
          return undefined;
        }
        const text = (await readWhole(exchange)).toString('utf8');
        const answer = parsed(text, contentType, (value) => wholeAnswer.parse(value));
        for (const item of answer.data ?? []) onItem(withoutKeyInError(item));
        if (answer.error) onItem(withoutKeyInError({ error: answer.error }));
        return undefined;
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        throw fromTransport(error, service, { mayHaveRun: true });
      }
    },
  };
}

function errorIn(body: string): ServiceError | undefined {
  try {
    return refusal.parse(JSON.parse(body)).error;
  } catch {
    // Not JSON: the status alone has to do.
    return undefined;
  }
}
