import { z } from 'zod';
import { BackendError } from '../backend-error.js';
import { HttpFailure, type HttpFailureReason } from './library-fetch.js';
import { fromGarbage, fromStatus, fromTransport, type ServiceTraits } from './service-errors.js';
import { plain } from './service-text.js';

/** A call that an official client library makes for us. */
export interface LibraryCall {
  /** E.g. `POST images/generations`. */
  readonly name: string;
  readonly service: ServiceTraits;
  /** It begins a run, so that it may have cost something once it has arrived. */
  readonly mayHaveRun: boolean;
}

/** The reason behind what a library made of it; undefined where the failure is the library's own. */
export function failureReasonIn(error: unknown): HttpFailureReason | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof HttpFailure) return each.reason;
  }
  return undefined;
}

/** The class of what the service's own words did not decide. */
export function fromLibrary(call: LibraryCall, error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  const { name, service, mayHaveRun } = call;
  const reason = failureReasonIn(error);
  switch (reason?.kind) {
    case 'status': {
      const { status, body, retryAfterMs } = reason;
      return refused(call, status, messageIn(body), retryAfterMs);
    }
    case 'page': {
      const { contentType, body } = reason;
      return fromGarbage({ call: name, contentType, body }, service, { mayHaveRun });
    }
    case 'transport':
      return fromTransport(reason.error, service, { mayHaveRun });
    case undefined:
      // A body that is no JSON, above all.
      return uncertain(call, `not as expected: ${String(error)}`);
  }
}

/** By its status, with the service's own sentence. */
export function refused(
  call: LibraryCall,
  status: number,
  message: string,
  retryAfterMs?: number,
): BackendError {
  const { name, service } = call;
  const said = plain(message);
  const userText =
    status === 400 || status === 422
      ? { userText: `the image service refuses the request: ${said}` }
      : {};
  return fromStatus({ call: name, status, body: message, retryAfterMs, ...userText }, service);
}

/** The call has arrived, and what became of it is not known: where it costs money, once is enough. */
export function uncertain(call: LibraryCall, why: string, operatorText?: string): BackendError {
  const { name, service, mayHaveRun } = call;
  const isPaid = service.paid && mayHaveRun;
  return new BackendError(`${service.name}: ${name}: ${why}`, {
    kind: 'transient',
    retryable: !isPaid,
    billed: isPaid ? 'unknown' : 'no',
    ...(operatorText !== undefined && { operatorText }),
  });
}

/** The sentence in a refusal, in the ways that OpenAI, Google and FastAPI put it. */
function messageIn(body: string): string {
  try {
    const { error, detail, message } = refusalBody.parse(JSON.parse(body));
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
