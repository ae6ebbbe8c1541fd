import { BackendError } from '../backend-error.js';
import { networkFailureOf } from '../network-failure.js';
import * as anyService from '../service/service-errors.js';
import { excerpt, plain, plainName } from '../service/service-text.js';
import { type ExecutionError, type PromptRefusal, promptRefusal } from './comfyui-answers.js';

/**
 * What a ComfyUI server can say or fail to say becomes a class of ours here; what any service can,
 * in `service/`. Nothing else in this folder looks at status codes, exception names or socket errors.
 */

const service = { name: 'ComfyUI', paid: false } as const;

/** An answer with a status other than 2xx. */
export function fromStatus(call: string, status: number, body: string, retryAfterMs?: number) {
  if (status === 404 && call === 'GET /view') return badImage(call, 'the file is gone');
  const refusal = status === 400 ? refusalIn(body) : undefined;
  if (refusal !== undefined) return fromRefusal(refusal);
  return anyService.fromStatus({ call, status, body, retryAfterMs }, service);
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

/** A 2xx whose body is not what the call answers. */
export function fromGarbage(call: string, contentType: string | null, body: string, why?: unknown) {
  const garbage = { call, contentType, body };
  return anyService.fromGarbage(garbage, service, { mayHaveRun: false, cause: why });
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
        ? `"${plainName(wanted)}" is not installed on the image server`
        : `the image server refuses the workflow: ${plain(first?.message ?? refusal.error?.message ?? '')}`,
    operatorText:
      missing !== undefined
        ? `"${wanted}" is not installed (${missing.node} #${missing.id}, ${missing.extra_info?.input_name})`
        : excerpt(whole.join('; '), 500),
  });
}

/** `execution_error`, by the socket or in the history. */
export function fromExecution(error: ExecutionError): BackendError {
  const node = error.node_type ?? 'a node';
  const message = `${node} failed: ${error.exception_type}: ${excerpt(error.exception_message)}`;
  const said = `${error.exception_type} ${error.exception_message}`;
  if (anyService.tellsOfMemory(said)) return anyService.tooLargeForMemory(message);
  return new BackendError(message, {
    kind: 'transient',
    retryable: true,
    // The same graph ends the same way, unless the server was changed meanwhile.
    maxRetries: 1,
    userText: `the image server failed in ${plain(node)}`,
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
  return anyService.stoppedThere(`run ${promptId} was interrupted at the server, and not by us`);
}

/** In neither queue nor history: the server restarted, or somebody cleared its queue. */
export function forgotten(promptId: string): BackendError {
  return new BackendError(`ComfyUI knows nothing of run ${promptId}`, {
    kind: 'transient',
    retryable: true,
    // What takes the server down with it must not do so again and again.
    maxRetries: 1,
    forgotten: true,
  });
}

/** No call about a run succeeded for longer than is bearable. */
export function unreachable(promptId: string, cause: BackendError): BackendError {
  if (cause.kind === 'unavailable') return cause;
  const message = `ComfyUI stopped answering about run ${promptId}: ${cause.message}`;
  return new BackendError(message, { kind: 'unavailable', retryable: true, cause });
}

export function badImage(call: string, why: string): BackendError {
  return anyService.badImage(`${call}: ${why}`, service);
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
  return anyService.misconfigured('ComfyUI has no model that it could run', operatorText);
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
