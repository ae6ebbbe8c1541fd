import { BackendError, type BackendErrorDetails } from '../backend-error.js';
import { networkFailureOf } from '../network-failure.js';
import { type ExecutionError, type PromptRefusal, promptRefusal } from './comfyui-answers.js';

/**
 * Where everything that a ComfyUI server can say or fail to say becomes a class of ours. Nothing
 * else in this folder looks at status codes, exception names or socket errors.
 */

/** An answer with a status other than 2xx. */
export function fromStatus(call: string, status: number, body: string, retryAfterMs?: number) {
  const message = `${call} was answered ${status}: ${excerpt(body)}`;
  const retryAfter = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status >= 300 && status < 400) return misplaced(message, 'redirects elsewhere');
  if (status === 401 || status === 403) return misconfigured(message, `refuses us (${status})`);
  if (status === 404 && call === 'GET /view') return badImage(call, 'the file is gone');
  if (status === 404 || status === 405) {
    return misplaced(message, `does not know this call (${status}); is it ComfyUI?`);
  }
  if (status === 429) {
    return new BackendError(message, { kind: 'rate-limited', retryable: true, ...retryAfter });
  }
  if (status === 503) {
    return new BackendError(message, { kind: 'unavailable', retryable: true, ...retryAfter });
  }
  if (status === 408 || status >= 500) {
    return new BackendError(message, { kind: 'transient', retryable: true, ...retryAfter });
  }
  if (status === 413) {
    const userText = 'the input image is too large for the image server';
    return new BackendError(message, { kind: 'invalid-request', retryable: false, userText });
  }
  const refusal = refusalIn(body);
  if (refusal !== undefined) return fromRefusal(refusal);
  return new BackendError(message, {
    kind: 'invalid-request',
    retryable: false,
    operatorText: message,
  });
}

function refusalIn(body: string): PromptRefusal | undefined {
  try {
    const refusal = promptRefusal.parse(JSON.parse(body));
    return refusal.error === undefined && refusal.node_errors === undefined ? undefined : refusal;
  } catch {
    // Not JSON: the status alone has to do.
    return undefined;
  }
}

/** `fetch` rejected, or the body broke off. */
export function fromNetwork(call: string, cause: unknown): BackendError {
  const { code, isUnreached } = networkFailureOf(cause);
  return new BackendError(`${call} failed: ${code ?? String(cause)}`, {
    kind: isUnreached ? 'unavailable' : 'transient',
    retryable: true,
    cause,
  });
}

/** The connection broke before an answer was whole. */
export function isBrokenConnection(error: BackendError): boolean {
  return error.kind === 'transient' && brokenConnection.has(networkFailureOf(error).code ?? '');
}

const brokenConnection = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

export function timedOut(call: string, afterMs?: number): BackendError {
  const limit = afterMs === undefined ? '' : ` (${afterMs} ms at most)`;
  return new BackendError(`${call} gave no whole answer in time${limit}`, {
    kind: 'transient',
    retryable: true,
  });
}

export function tooLarge(call: string, maxBytes: number): BackendError {
  return new BackendError(`${call} was answered with more than ${maxBytes} bytes`, {
    kind: 'transient',
    retryable: true,
    operatorText: `an answer was cut off at ${maxBytes} bytes`,
  });
}

/** A 2xx whose body is not what the call answers. A page of HTML is a proxy's, or a wrong address. */
export function fromGarbage(call: string, contentType: string | null, body: string, why?: unknown) {
  const message = `${call} was answered with ${contentType ?? 'no type'}: ${excerpt(body)}`;
  const isPage = contentType?.startsWith('text/html') || /^\s*<(!doctype|html)/i.test(body);
  return new BackendError(message, {
    kind: isPage ? 'unavailable' : 'transient',
    retryable: true,
    ...(isPage && {
      operatorText: 'answers with a web page; is it ComfyUI, or a login before it?',
    }),
    cause: why,
  });
}

/** `POST /prompt` answered 400, or 200 with outputs left out. */
export function fromRefusal(refusal: PromptRefusal): BackendError {
  const nodes = Object.entries(refusal.node_errors ?? {});
  const problems = nodes.flatMap(([id, node]) =>
    node.errors.map((problem) => ({ id, node: node.class_type ?? 'a node', ...problem })),
  );
  const missing = problems.find((problem) => problem.type === 'value_not_in_list');
  const first = missing ?? problems[0];
  const details = problems.map(
    (each) => `${each.node} #${each.id}: ${each.message} ${each.details}`,
  );
  const whole = [refusal.error?.message, refusal.error?.details, ...details].filter(Boolean);
  const received = missing?.extra_info?.received_value;
  const wanted = typeof received === 'string' ? received : undefined;
  return new BackendError(`ComfyUI refused the graph: ${excerpt(whole.join('; '))}`, {
    kind: 'invalid-request',
    retryable: false,
    userText:
      wanted !== undefined
        ? `"${plain(wanted)}" is not installed on the image server`
        : `the image server refuses the workflow: ${plain(first?.message ?? refusal.error?.message)}`,
    operatorText:
      missing !== undefined
        ? `"${plain(wanted)}" is not installed (${missing.node} #${missing.id}, ${missing.extra_info?.input_name})`
        : excerpt(whole.join('; '), 500),
  });
}

/** `execution_error`, by the socket or in the history. */
export function fromExecution(error: ExecutionError): BackendError {
  const node = error.node_type ?? 'a node';
  const message = `${node} failed: ${error.exception_type}: ${excerpt(error.exception_message)}`;
  const outOfMemory =
    /OutOfMemory/i.test(error.exception_type ?? '') ||
    /out of memory|(can't|cannot) allocate memory|not enough memory|ALLOC_FAILED/i.test(
      error.exception_message ?? '',
    );
  return new BackendError(message, {
    kind: 'transient',
    retryable: true,
    // The same graph ends the same way, unless something else had filled the memory.
    maxRetries: 1,
    userText: outOfMemory
      ? 'the image server ran out of memory; a smaller or a single image may fit'
      : `the image server failed in ${plain(node)}`,
    operatorText: message,
  });
}

/** The history says `error` and not which. */
export function fromUnexplained(promptId: string): BackendError {
  const message = `run ${promptId} ended in an error that ComfyUI does not name`;
  return new BackendError(message, { kind: 'transient', retryable: true, maxRetries: 1 });
}

/** `execution_interrupted` without our asking: somebody stopped it at the server. */
export function interruptedByOthers(promptId: string): BackendError {
  return new BackendError(`run ${promptId} was interrupted at the server, and not by us`, {
    kind: 'cancelled',
    retryable: false,
    userText: 'it was stopped at the image server',
  });
}

/** In neither queue nor history: the server restarted, or somebody cleared its queue. */
export function forgotten(promptId: string): BackendError {
  return new BackendError(`ComfyUI knows nothing of run ${promptId}`, {
    kind: 'transient',
    retryable: true,
    forgotten: true,
  });
}

/** No call about a run succeeded for longer than is bearable. */
export function unreachable(promptId: string, cause: BackendError): BackendError {
  if (cause.kind === 'unavailable') return cause;
  const message = `ComfyUI stopped answering about run ${promptId}: ${cause.message}`;
  return new BackendError(message, { kind: 'unavailable', retryable: true, cause });
}

export function unhealthy(cause: BackendError): BackendError {
  if (cause.kind === 'unavailable') return cause;
  return new BackendError(cause.message, { kind: 'unavailable', retryable: true, cause });
}

export function badImage(call: string, why: string): BackendError {
  const message = `${call} gave no whole image: ${why}`;
  return new BackendError(message, { kind: 'transient', retryable: true });
}

export function noImages(promptId: string): BackendError {
  return new BackendError(`run ${promptId} completed without an image`, {
    kind: 'transient',
    retryable: true,
    maxRetries: 1,
    operatorText: 'a run completed without an image; does the workflow save one?',
  });
}

/** `problems`: what was left out, and why. */
export function noModel(problems: readonly string[]): BackendError {
  const why = problems.length === 0 ? '' : ` that can run: ${problems.join(' · ')}`;
  const operatorText = excerpt(`has no checkpoint and no other model installed${why}`, 500);
  return misconfigured('ComfyUI has no model that it could run', operatorText);
}

export function unsupported(why: string): BackendError {
  return new BackendError(why, { kind: 'invalid-request', retryable: false, userText: why });
}

/** Nothing was submitted. */
export function handleUnsaved(cause: unknown): BackendError {
  if (cause instanceof BackendError) return cause;
  const message = `the handle could not be saved: ${String(cause)}`;
  return new BackendError(message, { kind: 'transient', retryable: true, cause });
}

/** What is left over is a fault of ours: it must not look like the service's. */
export function fromUnknown(error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  const details: BackendErrorDetails = { kind: 'transient', retryable: true, maxRetries: 1 };
  return new BackendError(`unexpected: ${String(error)}`, { ...details, cause: error });
}

/** A wrong address, or a proxy whose server is away: another instance may do. */
function misplaced(message: string, operatorText: string): BackendError {
  return new BackendError(message, { kind: 'unavailable', retryable: true, operatorText });
}

function misconfigured(message: string, operatorText: string): BackendError {
  return new BackendError(message, { kind: 'unavailable', retryable: false, operatorText });
}

function excerpt(text: string | undefined, length = 200): string {
  const line = (text ?? '').replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** For users: one short line without addresses, absolute paths, markup or mentions. */
function plain(text: string | undefined): string {
  const line = (text ?? 'no reason given').split('\n')[0] ?? '';
  return line
    .replace(/\b[a-z]+:\/\/\S+/gi, '…')
    .replace(/(^|[\s'"(])(\/|[A-Za-z]:\\|\\\\)[^\s'")]+/g, '$1…')
    .replace(/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g, '…')
    .replace(/[`*_<>@#]/g, (mark) => (mark === '_' ? mark : ''))
    .slice(0, 120)
    .trim();
}
