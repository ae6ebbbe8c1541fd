import { BackendError } from '../backend-error.js';
import { addressOf, type ServerAddress } from '../server-address.js';
import { retryAfterMsOf } from '../service/retry-after.js';
import { withoutSecrets } from '../service/service-text.js';
import {
  fromGarbage,
  fromNetwork,
  fromStatus,
  isBrokenConnection,
  timedOut,
  tooLarge,
} from './comfyui-errors.js';

export interface Call {
  readonly method?: 'GET' | 'POST';
  /** Relative to the server's address, with its query. */
  readonly path: string;
  readonly json?: unknown;
  readonly form?: FormData;
  /** Whether it may be sent twice. A connection kept from before may be dead without a sign. */
  readonly isRepeatable?: boolean;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
}

/** One HTTP call, bounded in time and in bytes. */
export interface HttpCaller {
  /** @throws BackendError unless the status is 2xx and the whole body came */
  call(call: Call): Promise<Answer>;
  /** @throws BackendError also when the body is not JSON, or not of the shape that `parse` takes */
  json<T>(call: Call, parse: (value: unknown) => T): Promise<T>;
}

export interface HttpCallerOptions extends ServerAddress {
  readonly idleMs: number;
  readonly fetch: typeof fetch;
}

const maxErrorBytes = 64 * 1024;

export function createHttpCaller({
  url,
  headers,
  secrets,
  idleMs,
  fetch,
}: HttpCallerOptions): HttpCaller {
  async function call(call: Call): Promise<Answer> {
    const isRepeatable = call.isRepeatable ?? (call.method ?? 'GET') === 'GET';
    try {
      return await callOnce(call);
    } catch (error) {
      const isBroken = error instanceof BackendError && isBrokenConnection(error);
      if (!isRepeatable || !isBroken || call.signal?.aborted) throw error;
      return await callOnce(call);
    }
  }

  async function callOnce(call: Call): Promise<Answer> {
    const label = labelOf(call);
    const expiry = new AbortController();
    const expire = () => expiry.abort();
    const timer = setTimeout(expire, call.timeoutMs);
    call.signal?.addEventListener('abort', expire);
    if (call.signal?.aborted) expire();
    try {
      const response = await fetch(addressOf(url, call.path), {
        method: call.method ?? 'GET',
        // A redirect could lead anywhere, our headers with it.
        redirect: 'manual',
        signal: expiry.signal,
        headers: { ...headers, ...(call.json !== undefined && jsonHeader) },
        ...bodyOf(call),
      });
      const maxBytes = response.ok ? call.maxBytes : maxErrorBytes;
      const { bytes, isCut } = await readBody(response, maxBytes, idleMs, expire);
      if (!response.ok) {
        const text = withoutSecrets(new TextDecoder().decode(bytes), secrets);
        throw fromStatus(
          label,
          response.status,
          text,
          retryAfterMsOf(response.headers, Date.now()),
        );
      }
      if (isCut) throw tooLarge(label, maxBytes);
      return { bytes, contentType: response.headers.get('content-type') };
    } catch (error) {
      if (error instanceof BackendError || call.signal?.aborted) throw error;
      if (expiry.signal.aborted) throw timedOut(label, call.timeoutMs);
      throw fromNetwork(label, error);
    } finally {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', expire);
    }
  }

  return {
    call,
    async json(request, parse) {
      const { bytes, contentType } = await call(request);
      const text = new TextDecoder().decode(bytes);
      try {
        return parse(JSON.parse(text));
      } catch (error) {
        const said = withoutSecrets(text.slice(0, 1000), secrets);
        throw fromGarbage(labelOf(request), contentType, said, error);
      }
    },
  };
}

/** Reads to the end or to the limit, whichever comes first; a pause beyond `idleMs` expires. */
async function readBody(
  response: Response,
  maxBytes: number,
  idleMs: number,
  expire: () => void,
): Promise<{ bytes: Uint8Array; isCut: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let timer = setTimeout(expire, idleMs);
  try {
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(expire, idleMs);
      chunks.push(chunk);
      length += chunk.byteLength;
      if (length > maxBytes) return { bytes: Buffer.concat(chunks), isCut: true };
    }
    return { bytes: Buffer.concat(chunks), isCut: false };
  } finally {
    clearTimeout(timer);
  }
}

function labelOf(call: Call): string {
  return `${call.method ?? 'GET'} ${call.path.split('?')[0]}`;
}

const jsonHeader = { 'content-type': 'application/json' };

function bodyOf(call: Call): { body?: string | FormData } {
  if (call.json !== undefined) return { body: JSON.stringify(call.json) };
  return call.form === undefined ? {} : { body: call.form };
}
