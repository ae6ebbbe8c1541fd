import { BackendError, type BackendErrorDetails } from '../backend-error.js';
import type { TransportError } from './exchange.js';
import { excerpt } from './service-text.js';

/** What is known of a service when one of its calls goes wrong. */
export interface ServiceTraits {
  /** E.g. `AUTOMATIC1111`; for the operator. */
  readonly name: string;
  /** Then a run whose outcome is unknown is not repeated. */
  readonly paid: boolean;
}

/** An answer with a status other than 2xx, where its body says nothing more of it. */
export interface RefusedCall {
  /** E.g. `POST /sdapi/v1/txt2img`. */
  readonly call: string;
  readonly status: number;
  readonly body: string;
  readonly retryAfterMs?: number | undefined;
  /** A short text for users, where the service gives one. */
  readonly userText?: string | undefined;
}

/** The class of a status by itself: the table of classes that all services share. */
export function fromStatus(refused: RefusedCall, service: ServiceTraits): BackendError {
  const { call, status, body, retryAfterMs, userText } = refused;
  const message = `${service.name}: ${call} was answered ${status}: ${excerpt(body)}`;
  const told = {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(userText !== undefined && { userText }),
  };
  if (status >= 300 && status < 400) {
    return misplaced(message, `${service.name} redirects elsewhere (${status})`);
  }
  if (status === 401 || status === 403) {
    return misconfigured(message, `${service.name} refuses us (${status}): is the key right?`);
  }
  if (status === 402) return new BackendError(message, { kind: 'quota', retryable: true, ...told });
  if (status === 404 || status === 405) {
    return misplaced(message, `${service.name} does not know ${call} (${status})`);
  }
  if (status === 429) {
    return new BackendError(message, { kind: 'rate-limited', retryable: true, ...told });
  }
  if (status === 503) {
    return new BackendError(message, { kind: 'unavailable', retryable: true, ...told });
  }
  if (status === 408 || status >= 500) {
    return new BackendError(message, { kind: 'transient', retryable: true, ...told });
  }
  return new BackendError(message, {
    kind: 'invalid-request',
    retryable: false,
    ...told,
    ...(status === 413 && { userText: 'the input image is too large for the image service' }),
    operatorText: message,
  });
}

/** No whole answer came. `mayHaveRun`: the call begins a run, so that this may have cost something. */
export function fromTransport(
  error: TransportError,
  service: ServiceTraits,
  { mayHaveRun }: { readonly mayHaveRun: boolean },
): BackendError {
  const message = `${service.name}: ${error.message}`;
  if (error.failure === 'unreached') {
    return new BackendError(message, { kind: 'unavailable', retryable: true, cause: error });
  }
  const isTooLarge = error.failure === 'too-large';
  return new BackendError(message, {
    kind: 'transient',
    ...afterSending(service, mayHaveRun),
    ...(isTooLarge && { operatorText: `an answer of ${service.name} was cut off: ${message}` }),
    cause: error,
  });
}

/** A 2xx whose body is not what the call answers. A page of HTML is a proxy's, or a wrong address. */
export function fromGarbage(
  { call, contentType, body }: { call: string; contentType: string | null; body: string },
  service: ServiceTraits,
  { mayHaveRun, cause }: { readonly mayHaveRun: boolean; readonly cause?: unknown },
): BackendError {
  const isPage = contentType?.startsWith('text/html') || /^\s*<(!doctype|html)/i.test(body);
  const message = `${service.name}: ${call} was answered with ${contentType ?? 'no type'}: ${excerpt(body)}`;
  return new BackendError(message, {
    kind: isPage ? 'unavailable' : 'transient',
    ...afterSending(service, mayHaveRun),
    ...(isPage && {
      operatorText: `${service.name} answers with a web page; is the address right, or is a login before it?`,
    }),
    cause,
  });
}

/** An image that came damaged, in half, or not at all: the run was made, and is over. */
export function badImage(why: string, { name, paid }: ServiceTraits): BackendError {
  return new BackendError(`${name} gave no whole image: ${why}`, {
    kind: 'transient',
    retryable: !paid,
    billed: paid ? 'yes' : 'no',
    userText: 'the image that came was damaged',
  });
}

function afterSending(
  { paid }: ServiceTraits,
  mayHaveRun: boolean,
): Pick<BackendErrorDetails, 'retryable' | 'billed'> {
  return paid && mayHaveRun
    ? { retryable: false, billed: 'unknown' }
    : { retryable: true, billed: 'no' };
}

/** For `health`, which knows one class. */
export function unhealthy(error: unknown): BackendError {
  if (error instanceof BackendError && error.kind === 'unavailable') return error;
  const message = error instanceof Error ? error.message : String(error);
  return new BackendError(message, { kind: 'unavailable', retryable: true, cause: error });
}

/** Somebody ended the run at the service itself, and not through us. */
export function stoppedThere(message: string): BackendError {
  return new BackendError(message, {
    kind: 'cancelled',
    retryable: false,
    userText: 'it was stopped at the image server',
  });
}

/** What is left over is a fault of ours: it must not look like the service's. */
export function fromUnknown(error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  return new BackendError(`unexpected: ${String(error)}`, {
    kind: 'transient',
    retryable: true,
    maxRetries: 1,
    cause: error,
  });
}

/** A wrong address, or a proxy whose server is away: another instance may do. */
function misplaced(message: string, operatorText: string): BackendError {
  return new BackendError(message, { kind: 'unavailable', retryable: true, operatorText });
}

/** Waiting does not help: somebody has to mend the settings. */
export function misconfigured(message: string, operatorText: string): BackendError {
  return new BackendError(message, { kind: 'unavailable', retryable: false, operatorText });
}

/** The service has no such model, or not for us. */
export function modelNotOpen(message: string, operatorText: string): BackendError {
  return new BackendError(message, {
    kind: 'unavailable',
    retryable: false,
    isOfModel: true,
    operatorText,
  });
}

/** Whether a service's own words tell of memory that was too small for what was asked. */
export function tellsOfMemory(said: string): boolean {
  return outOfMemory.test(said);
}

const outOfMemory =
  /out of memory|OutOfMemory|(can't|cannot|failed to) allocate|not enough memory|ALLOC_FAILED/i;

/** The same again ends the same way, unless something else had filled the memory. */
export function tooLargeForMemory(message: string): BackendError {
  return new BackendError(message, {
    kind: 'transient',
    retryable: true,
    maxRetries: 1,
    finalKind: 'invalid-request',
    userText:
      'it is too large: the image server ran out of memory; a smaller or a single image may fit',
    operatorText: message,
  });
}
