import { BackendError } from '../backend-error.js';
import {
  failureReasonIn,
  fromLibrary,
  type LibraryCall,
  uncertain,
} from '../service/library-errors.js';
import { retryAfterMsOf } from '../service/retry-after.js';
import { fromStatus, misconfigured, type ServiceTraits } from '../service/service-errors.js';
import { plain } from '../service/service-text.js';

/** What the AI SDK and its providers throw becomes a class of ours here. */

/** The SDK's errors say by a symbol what they are; their names do as well, in whatever version. */
interface SdkError extends Error {
  readonly statusCode?: unknown;
  readonly responseHeaders?: unknown;
  readonly isRetryable?: unknown;
}

export function fromAiSdk(error: unknown, service: ServiceTraits): BackendError {
  const call: LibraryCall = { name: 'generateImage', service, mayHaveRun: true };
  if (error instanceof BackendError) return error;
  const reason = failureReasonIn(error);
  const said =
    reason?.kind === 'status' ? reason.body : error instanceof Error ? error.message : '';
  if (refusedForContent.test(said)) {
    return new BackendError(`${service.name} refused: ${plain(said)}`, {
      kind: 'moderated',
      retryable: false,
    });
  }
  if (reason?.kind === 'status' && spent.test(said)) {
    return new BackendError(`${service.name}: ${plain(said)}`, {
      kind: 'quota',
      retryable: true,
      ...(reason.retryAfterMs !== undefined && { retryAfterMs: reason.retryAfterMs }),
    });
  }
  if (reason !== undefined || !(error instanceof Error)) return fromLibrary(call, error);
  switch (error.name) {
    case 'AI_NoImageGeneratedError':
      return noImages(service);
    case 'AI_LoadAPIKeyError':
    case 'AI_LoadSettingError':
    case 'AI_NoSuchModelError':
    case 'AI_UnsupportedModelVersionError':
      return misconfigured(`${service.name}: ${error.message}`, plain(error.message));
    case 'AI_UnsupportedFunctionalityError':
    case 'AI_InvalidArgumentError':
    case 'AI_InvalidPromptError':
      return new BackendError(`${service.name}: ${error.message}`, {
        kind: 'invalid-request',
        retryable: false,
        userText: plain(error.message),
      });
    case 'AI_APICallError':
      return fromApiCall(error, call);
    default:
      return uncertain(call, String(error));
  }
}

const refusedForContent =
  /\bnsfw\b|moderat|content[ _-]?(policy|filter)|safety (system|filter|check)|sensitive content/i;
const spent = /insufficient[_ ](quota|credit|balance|funds)|billing|spending limit/i;

/** With a way to the network of its own, a provider reads the answer before we do. */
function fromApiCall(error: SdkError, call: LibraryCall): BackendError {
  const { statusCode: status } = error;
  if (typeof status !== 'number' || (status >= 200 && status < 300)) {
    return uncertain(call, error.message);
  }
  const headers = new Headers((error.responseHeaders ?? {}) as Record<string, string>);
  const retryAfterMs = retryAfterMsOf(headers, Date.now());
  const refused = { call: call.name, status, body: error.message, retryAfterMs };
  return fromStatus(refused, call.service);
}

/** The call was made and paid for, and held nothing. */
export function noImages({ name }: ServiceTraits): BackendError {
  return new BackendError(`${name} answered without an image`, {
    kind: 'transient',
    retryable: true,
    maxRetries: 1,
    billed: 'yes',
  });
}
