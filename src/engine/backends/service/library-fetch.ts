import {
  type Exchange,
  type HttpExchanger,
  readExcerpt,
  readWhole,
  TransportError,
} from './exchange.js';
import { retryAfterMsOf } from './retry-after.js';
import { withoutSecrets } from './service-text.js';

/** What came instead of the answer that an official client library could read. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly reason: HttpFailureReason;

  /**
   * The message holds nothing of the reason, and there is no `cause`: OpenAI's library looks for
   * 'timeout' in both, and puts an error of its own in the place of one that says so.
   */
  constructor(call: string, reason: HttpFailureReason) {
    super(`${call} failed (${reason.kind})`);
    this.reason = reason;
  }
}

export type HttpFailureReason =
  | {
      readonly kind: 'status';
      readonly status: number;
      /** Its beginning, without secrets. */
      readonly body: string;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: 'page'; readonly contentType: string | null; readonly body: string }
  | { readonly kind: 'transport'; readonly error: TransportError };

export interface LibraryFetchOptions {
  readonly exchanger: HttpExchanger;
  /** Of one answer; a longer one is cut off. */
  readonly maxBytes: number;
  /** Blotted out wherever a service says them back to us. */
  readonly secrets: readonly string[];
}

/** An answer that has begun, without a byte. Before it begins, the engine's patience counts. */
const idleMs = 120_000;

/**
 * A `fetch` for official client libraries, which set no limits themselves. It follows no redirect,
 * and rejects with `HttpFailure` for every status other than 2xx, so that the library neither
 * retries nor interprets it.
 */
export function createLibraryFetch(options: LibraryFetchOptions): typeof fetch {
  const { exchanger, maxBytes, secrets } = options;
  const clean = (text: string) => withoutSecrets(text, secrets);

  async function answerTo(call: string, exchange: Exchange): Promise<Response> {
    const { status, headers } = exchange;
    if (status < 200 || status > 299) {
      const body = clean(await readExcerpt(exchange));
      const retryAfterMs = retryAfterMsOf(headers, Date.now());
      throw new HttpFailure(call, { kind: 'status', status, body, retryAfterMs });
    }
    const contentType = headers.get('content-type');
    if (contentType?.startsWith('text/event-stream')) {
      const body = ReadableStream.from(wrapped(call, exchange));
      return new Response(body, { status, headers: { 'content-type': contentType } });
    }
    const bytes = await readWhole(exchange);
    const body = clean(bytes.toString('utf8', 0, 500));
    if (contentType?.startsWith('text/html') || /^\s*<(!doctype|html|\?xml)/i.test(body)) {
      throw new HttpFailure(call, { kind: 'page', contentType, body });
    }
    // Whatever a server calls it: the libraries parse nothing else.
    const json = { 'content-type': 'application/json' };
    return new Response(new Uint8Array(bytes), { status, headers: json });
  }

  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const method = init?.method === 'POST' ? 'POST' : 'GET';
    const call = `${method} ${new URL(url).pathname}`;
    const { signal, body, headers } = init ?? {};
    if (body != null && typeof body !== 'string' && !(body instanceof FormData)) {
      throw new TypeError(`${call}: a body of ${typeof body} cannot be sent`);
    }
    try {
      const exchange = await exchanger.open({
        method,
        url,
        headers: Object.fromEntries(new Headers(headers)),
        ...(body != null && { body }),
        ...(signal && { signal }),
        idleMs,
        maxBytes,
      });
      return await answerTo(call, exchange);
    } catch (error) {
      throw asFailure(call, error);
    }
  };
}

async function* wrapped(call: string, exchange: Exchange): AsyncIterable<Uint8Array> {
  try {
    yield* exchange.chunks();
  } catch (error) {
    throw asFailure(call, error);
  }
}

function asFailure(call: string, error: unknown): unknown {
  if (!(error instanceof TransportError)) return error;
  return new HttpFailure(call, { kind: 'transport', error });
}
