import { Agent, type Dispatcher, fetch as undiciFetch } from 'undici';

/** What came instead of the answer that a client library could read. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly what: 'status' | 'page' | 'too-large' | 'network';
  readonly status: number | undefined;
  /** The beginning of a refusal or a page, without secrets. */
  readonly body: string;
  readonly retryAfterMs: number | undefined;
  /** Node's or undici's name for a broken connection. */
  readonly code: string | undefined;

  /**
   * The message holds nothing of the details, and there is no `cause`: client libraries look for
   * 'timeout' in both, and put an error of their own in the place of one that says so.
   */
  constructor(
    call: string,
    what: HttpFailure['what'],
    details: Partial<Pick<HttpFailure, 'status' | 'body' | 'retryAfterMs' | 'code'>>,
  ) {
    super(`${call} failed (${what})`);
    this.what = what;
    this.status = details.status;
    this.body = details.body ?? '';
    this.retryAfterMs = details.retryAfterMs;
    this.code = details.code;
  }
}

export interface BoundedFetchOptions {
  /** Of one answer; a longer one is cut off. */
  readonly maxBytes: number;
  /** Blotted out wherever a service says them back to us. */
  readonly secrets: readonly string[];
  /** The way to the network, where it is not the real one. */
  readonly fetch?: typeof fetch;
}

/** A `fetch` for official client libraries, which set no limits themselves. */
export interface BoundedFetch {
  /**
   * Rejects with `HttpFailure` for a status other than 2xx, redirects among them, for a web page, and
   * for more than `maxBytes`; with whatever `fetch` rejects otherwise. Waits for headers and bodies
   * until its signal ends it: how much silence is bearable is known to the engine alone.
   */
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

const connectTimeoutMs = 8_000;
const maxErrorBytes = 64 * 1024;
/** Of the body of a refusal: its status alone does, too. */
const errorBodyMs = 5_000;

export function createBoundedFetch(options: BoundedFetchOptions): BoundedFetch {
  const { maxBytes, secrets } = options;
  // Node's own fetch gives up after 300 s without headers, as some images take longer.
  const agent = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectTimeoutMs },
  });
  const send = options.fetch ?? fetchThrough(agent);
  const clean = (text: string) =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);

  async function answerTo(call: string, response: Response): Promise<Response> {
    const { status } = response;
    if (!response.ok) {
      const body = clean(await beginningOf(response));
      const retryAfterMs = retryAfterOf(response.headers);
      throw new HttpFailure(call, 'status', { status, body, retryAfterMs });
    }
    const tooLarge = () => new HttpFailure(call, 'too-large', { status });
    if (isStream(response)) return bounded(response, maxBytes, tooLarge);
    const bytes = await read(response, maxBytes, tooLarge);
    const beginning = clean(bytes.toString('utf8', 0, 500));
    if (isPage(response, beginning))
      throw new HttpFailure(call, 'page', { status, body: beginning });
    // Whatever a server calls it: the libraries parse nothing else.
    const headers = new Headers([...response.headers]);
    headers.set('content-type', 'application/json');
    return new Response(new Uint8Array(bytes), { status, headers });
  }

  return {
    async fetch(input, init) {
      const call = `${init?.method ?? 'GET'} ${pathOf(input)}`;
      try {
        // A redirect could lead anywhere, our key with it.
        return await answerTo(call, await send(input, { ...init, redirect: 'manual' }));
      } catch (error) {
        if (error instanceof HttpFailure || init?.signal?.aborted) throw error;
        throw new HttpFailure(call, 'network', { code: codeOf(error) ?? String(error) });
      }
    },
    close: () => agent.destroy(),
  };
}

/** undici's own, as an agent of one version does not serve the fetch of another. */
function fetchThrough(dispatcher: Dispatcher): typeof fetch {
  return (input, init) =>
    undiciFetch(
      input as Parameters<typeof undiciFetch>[0],
      { ...init, dispatcher } as Parameters<typeof undiciFetch>[1],
    ) as unknown as Promise<Response>;
}

function pathOf(input: Parameters<typeof fetch>[0]): string {
  const url = input instanceof Request ? input.url : String(input);
  return URL.canParse(url) ? new URL(url).pathname : url;
}

function isStream(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
}

function isPage(response: Response, text: string): boolean {
  const contentType = response.headers.get('content-type');
  return (
    (contentType?.startsWith('text/html') ?? false) || /^\s*<(!doctype|html|\?xml)/i.test(text)
  );
}

async function read(response: Response, maxBytes: number, tooLarge: () => Error): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > maxBytes) throw tooLarge();
  }
  return Buffer.concat(chunks);
}

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), errorBodyMs);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < maxErrorBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      length += value.byteLength;
    }
  } catch {
    // The status has been told; the reason broke off.
  } finally {
    clearTimeout(timer);
    void reader.cancel().catch(() => undefined);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The answer with a body that breaks off at the limit. */
function bounded(response: Response, maxBytes: number, tooLarge: () => Error): Response {
  let length = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      length += chunk.byteLength;
      if (length > maxBytes) controller.error(tooLarge());
      else controller.enqueue(chunk);
    },
  });
  const body = response.body?.pipeThrough(limit) ?? null;
  return new Response(body, { status: response.status, headers: [...response.headers] });
}

function codeOf(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ('code' in each && typeof each.code === 'string') return each.code;
    if (each instanceof AggregateError && each.errors.length > 0) return codeOf(each.errors[0]);
  }
  return undefined;
}

/** RFC 9110: seconds, or a date. OpenAI's `retry-after-ms` is finer. */
function retryAfterOf(headers: Headers): number | undefined {
  const milliseconds = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(milliseconds)) return milliseconds;
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
