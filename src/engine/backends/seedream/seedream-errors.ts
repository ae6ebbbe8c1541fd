import { BackendError } from '../backend-error.js';
import { fromStatus, misconfigured, modelNotOpen } from '../service/service-errors.js';
import { excerpt, plain } from '../service/service-text.js';
import type { ServiceError } from './seedream-answers.js';

/** What Ark can say becomes a class of ours here; what any service can, in `service/`. */

export const service = { name: 'Seedream', paid: true } as const;
export const generationCall = 'POST /images/generations';

export interface Refusal extends ServiceError {
  /** 200 where the error stood in an answer or event. */
  readonly status: number;
  readonly retryAfterMs?: number | undefined;
}

/**
 * The code decides before the status: Ark sends 403 for an overdue account, and 429 when it is
 * overloaded. Only images that were made are billed.
 */
export function fromRefusal(refused: Refusal): BackendError {
  const { code, message: said, status, retryAfterMs } = refused;
  const message = `Seedream refused, ${status} ${code}: ${excerpt(said)}`;
  const retryAfter = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (moderated.test(code)) {
    return new BackendError(message, { kind: 'moderated', retryable: false });
  }
  if (quota.test(code)) {
    const operatorText = `the account's quota or balance is used up (${code})`;
    return new BackendError(message, {
      kind: 'quota',
      retryable: true,
      operatorText,
      ...retryAfter,
    });
  }
  if (rateLimited.test(code)) {
    return new BackendError(message, { kind: 'rate-limited', retryable: true, ...retryAfter });
  }
  if (overloaded.test(code)) {
    return new BackendError(message, { kind: 'transient', retryable: true, ...retryAfter });
  }
  if (closedModel.test(code)) {
    return modelNotOpen(message, `the model is not open to us (${code}): ${plain(said)}`);
  }
  if (closed.test(code)) return misconfigured(message, `the key is not accepted (${code})`);
  // The error of one image has no status of its own.
  const known = status === 200 && invalid.test(code) ? 400 : status;
  if (known !== 200) {
    const userText = `the image service refuses the request: ${plain(said)}`;
    const told = known === 400 ? { userText } : {};
    const call = generationCall;
    return fromStatus({ call, status: known, body: said, retryAfterMs, ...told }, service);
  }
  return new BackendError(message, { kind: 'transient', retryable: true });
}

const moderated = /SensitiveContent|RiskDetection|ContentSecurity|PolicyViolation/i;
const quota = /AccountOverdue|QuotaExceeded|SetLimitExceeded|InsufficientBalance/i;
const rateLimited = /RateLimitExceeded|RequestBurstTooFast/i;
const overloaded = /ServerOverloaded|InternalServiceError|ServiceUnavailable/i;
const closedModel = /ModelNotOpen|InvalidEndpointOrModel/i;
const closed = /Authentication|AccessDenied|AccountStatus/i;

const invalid = /^(Invalid|Missing)/;

/** The service does not know the model by this name, or does not give it to us. */
export function isUnknownModel(status: number, code: string): boolean {
  return status === 404 || closedModel.test(code);
}

/** A 200 without an image and without a reason. */
export function noImages(): BackendError {
  return new BackendError('Seedream answered without an image', {
    kind: 'transient',
    retryable: true,
    maxRetries: 1,
    billed: 'yes',
  });
}

/** The stream ended before it said that it was complete. */
export function brokenOff(): BackendError {
  return new BackendError('the stream of Seedream ended before it was complete', {
    kind: 'transient',
    retryable: false,
    billed: 'unknown',
  });
}
