import { z } from 'zod';
import { BackendError, type BackendErrorDetails } from './backend-error.js';
import { HttpFailure } from './bounded-fetch.js';

/** A call to a service, as far as its failures are concerned. */
export interface ServiceCall {
  /** For the log, e.g. `images/generations`. */
  readonly name: string;
  /** Whether the call costs money once it has arrived. */
  readonly isPaid: boolean;
}

/** What of a refusal decides its class, however a service writes it down. */
export interface Refusal {
  /** Undefined for one that came in the middle of a stream. */
  readonly status: number | undefined;
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
}

/** The `HttpFailure` behind what a client library made of it. */
export function httpFailureIn(error: unknown): HttpFailure | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof HttpFailure) return each;
  }
  return undefined;
}

/** The classes of BACKENDS' last table by status alone. */
export function fromStatus(call: ServiceCall, refusal: Refusal): BackendError {
  const { status = 500, message } = refusal;
  const text = `${call.name} was answered ${status}: ${excerpt(message)}`;
  const retryAfter = retryAfterOf(refusal);
  const unavailable = (retryable: boolean, operatorText?: string) =>
    new BackendError(text, {
      kind: 'unavailable',
      retryable,
      ...retryAfter,
      ...(operatorText !== undefined && { operatorText }),
    });
  if (status >= 300 && status < 400)
    return unavailable(false, 'redirects elsewhere; is the address right?');
  if (status === 401) return unavailable(false, 'refuses the API key (401)');
  if (status === 403) return unavailable(false, `refuses us (403): ${plain(message)}`);
  if (status === 404 || status === 405) {
    return unavailable(false, `does not know the call or the model (${status}): ${plain(message)}`);
  }
  if (status === 503) return unavailable(true);
  if (status === 402)
    return new BackendError(text, { kind: 'quota', retryable: true, ...retryAfter });
  if (status === 429) {
    return new BackendError(text, { kind: 'rate-limited', retryable: true, ...retryAfter });
  }
  if (status === 408 || status === 409 || status >= 500) {
    return new BackendError(text, { kind: 'transient', retryable: true, ...retryAfter });
  }
  const userText =
    status === 413
      ? 'the input image is too large for the image service'
      : `the image service refuses the request: ${plain(message)}`;
  return new BackendError(text, { kind: 'invalid-request', retryable: false, userText });
}

/** Of a status, a page, an endless answer, a broken connection, an answer that is not JSON. */
export function fromFailure(call: ServiceCall, error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  const failure = httpFailureIn(error);
  switch (failure?.what) {
    case 'status': {
      const { status, body, retryAfterMs } = failure;
      return fromStatus(call, { status, message: messageIn(body), retryAfterMs });
    }
    case 'page':
      return new BackendError(`${call.name} was answered with a page: ${excerpt(failure.body)}`, {
        kind: 'unavailable',
        retryable: true,
        operatorText: 'answers with a web page; is the address right, or a login before it?',
      });
    case 'too-large':
      return uncertain(call, `${call.name} was answered with too much`, 'an answer was cut off');
    case 'network':
      return fromNetwork(call, failure.code ?? 'unknown');
    default:
      return uncertain(
        call,
        `${call.name} was not answered as expected: ${excerpt(String(error))}`,
      );
  }
}

function fromNetwork(call: ServiceCall, code: string): BackendError {
  const message = `${call.name} failed: ${code}`;
  // Nothing was sent with these: another instance may be tried at once.
  if (neverConnected.has(code) || /CERT|TLS|SSL/.test(code)) {
    return new BackendError(message, { kind: 'unavailable', retryable: true });
  }
  return uncertain(call, message);
}

/** The sentence in a refusal, in the ways that OpenAI, Google and FastAPI put it. */
function messageIn(body: string): string {
  try {
    const answer = refusalBody.parse(JSON.parse(body));
    const { error, detail, message } = answer;
    return (typeof error === 'string' ? error : error?.message) ?? detail ?? message ?? body;
  } catch {
    // Not JSON: as it is.
    return body;
  }
}

const refusalBody = z.object({
  error: z.union([z.string(), z.object({ message: z.string().optional() })]).nullish(),
  detail: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

/** The request has left, and what became of it is not known: where it costs money, once is enough. */
export function uncertain(call: ServiceCall, message: string, operatorText?: string): BackendError {
  return new BackendError(message, {
    kind: 'transient',
    retryable: !call.isPaid,
    billed: call.isPaid ? 'unknown' : 'no',
    ...(operatorText !== undefined && { operatorText }),
  });
}

/** A good answer without the images that it should hold. */
export function badImage(call: ServiceCall, why: string): BackendError {
  return uncertain(call, `${call.name} gave no whole image: ${why}`);
}

export function unsupported(userText: string): BackendError {
  return new BackendError(userText, { kind: 'invalid-request', retryable: false, userText });
}

/** Whatever a health check fails with, the service is not to be given runs. */
export function unhealthy(cause: BackendError): BackendError {
  if (cause.kind === 'unavailable') return cause;
  const details: BackendErrorDetails = { kind: 'unavailable', retryable: true, cause };
  return new BackendError(cause.message, {
    ...details,
    ...(cause.operatorText !== undefined && { operatorText: cause.operatorText }),
  });
}

export function retryAfterOf({ retryAfterMs }: Pick<Refusal, 'retryAfterMs'>) {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

export function excerpt(text: string, length = 200): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** For people: one short line without addresses, absolute paths, keys, markup or mentions. */
export function plain(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line
    .replace(/\b[a-z]+:\/\/\S+/gi, '…')
    .replace(/\b(sk|AIza|ark)[-\w*]{8,}/g, '…')
    .replace(/(^|[\s'"(])(\/|[A-Za-z]:\\|\\\\)[^\s'")]+/g, '$1…')
    .replace(/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g, '…')
    .replace(/[`*<>@#{}]/g, '')
    .slice(0, 160)
    .trim();
}
