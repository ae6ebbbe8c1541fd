import { Agent, type RequestInit, fetch as undiciFetch } from 'undici';
import { networkFailureOf } from '../network-failure.js';

/** `unreached`: nothing was sent. `broken`: the connection ended before the whole answer came. */
export type TransportFailure = 'unreached' | 'broken' | 'timed-out' | 'too-large';

/** No whole answer came. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly failure: TransportFailure;

  constructor(failure: TransportFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.failure = failure;
  }
}

export interface ExchangeRequest {
  readonly method?: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Instead of `json`. */
  readonly body?: string | FormData;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the answer begins; absent where a run alone says how long it takes. */
  readonly answerMs?: number;
  /** An answer that has begun is given up after so many milliseconds without a byte. */
  readonly idleMs: number;
  /** Bytes of the answer, at most. */
  readonly maxBytes: number;
}

/** An answer whose body is still on its way. Read it, or `discard` it. */
export interface Exchange {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** @throws TransportError where the body breaks off, stands still, or has no end */
  readonly chunks: () => AsyncIterable<Uint8Array>;
  readonly discard: () => void;
}

export interface HttpExchanger {
  /**
   * One HTTP call. Redirects are answers, not followed: they could lead anywhere, our headers with
   * them. An abort of the signal rejects with what `fetch` made of it.
   * @throws TransportError
   */
  open(request: ExchangeRequest): Promise<Exchange>;
  close(): Promise<void>;
}

const connectMs = 8_000;

/**
 * Without undici's own limits (300 s until the headers), which are too short for runs that answer
 * when they are done; and a connection for each call, as one kept from before may be dead without a
 * sign, and what is sent on it would count as perhaps billed.
 */
export function createHttpExchanger(fetch: typeof undiciFetch = undiciFetch): HttpExchanger {
  const dispatcher = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 0,
    connect: { timeout: connectMs },
  });

  async function open(request: ExchangeRequest): Promise<Exchange> {
    const { signal, idleMs, maxBytes, json, answerMs } = request;
    const label = `${request.method ?? 'GET'} ${new URL(request.url).pathname}`;
    signal?.throwIfAborted();
    const ending = new AbortController();
    let hasExpired = false;
    const expire = () => {
      hasExpired = true;
      ending.abort();
    };
    const onAbort = () => ending.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    const letGo = () => signal?.removeEventListener('abort', onAbort);
    const failed = (error: unknown) => {
      if (signal?.aborted) return error;
      if (hasExpired) return new TransportError('timed-out', `${label}: no whole answer in time`);
      return error instanceof TransportError ? error : fromNetwork(label, error);
    };

    const timer = answerMs === undefined ? undefined : setTimeout(expire, answerMs);
    try {
      const response = await fetch(request.url, {
        method: request.method ?? 'GET',
        redirect: 'manual',
        dispatcher,
        signal: ending.signal,
        headers: { ...request.headers, ...(json !== undefined && jsonHeader) },
        ...bodyOf(request),
      });
      return {
        status: response.status,
        headers: response.headers,
        async *chunks() {
          let idle = setTimeout(expire, idleMs);
          let length = 0;
          try {
            for await (const chunk of response.body ?? []) {
              clearTimeout(idle);
              length += chunk.byteLength;
              if (length > maxBytes) {
                throw new TransportError('too-large', `${label}: more than ${maxBytes} bytes`);
              }
              yield chunk;
              idle = setTimeout(expire, idleMs);
            }
          } catch (error) {
            throw failed(error);
          } finally {
            clearTimeout(idle);
            letGo();
            ending.abort();
          }
        },
        discard() {
          letGo();
          ending.abort();
        },
      };
    } catch (error) {
      letGo();
      throw failed(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return { open, close: () => dispatcher.destroy() };
}

function bodyOf({ json, body }: ExchangeRequest): { body?: NonNullable<RequestInit['body']> } {
  if (json !== undefined) return { body: JSON.stringify(json) };
  // undici takes Node's own forms, and its types do not know it.
  return body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> };
}

/** @throws TransportError */
export async function readWhole(exchange: Exchange): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of exchange.chunks()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** As much of an error's body as is worth reading; a body that breaks off is as good as none. */
export async function readExcerpt(exchange: Exchange, maxBytes = 64 * 1024): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of exchange.chunks()) {
      chunks.push(chunk);
      length += chunk.byteLength;
      if (length >= maxBytes) break;
    }
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
  }
  return Buffer.concat(chunks).toString('utf8', 0, maxBytes);
}

const jsonHeader = { 'content-type': 'application/json' };

/** What `fetch` rejects with, as what it means for the call. */
function fromNetwork(label: string, cause: unknown): TransportError {
  const { code, isUnreached } = networkFailureOf(cause);
  const message = `${label}: ${code ?? String(cause)}`;
  return new TransportError(isUnreached ? 'unreached' : 'broken', message, cause);
}
