import { z } from 'zod';
import { BackendError } from '../backend-error.js';
import {
  excerpt,
  fromFailure,
  fromStatus,
  httpFailureIn,
  plain,
  retryAfterOf,
  type ServiceCall,
} from '../service-errors.js';

/**
 * Where everything that OpenAI, or a server that speaks like it, can say or fail to say becomes a
 * class of ours. Nothing else in this folder looks at status codes.
 */

const apiError = z.object({
  message: z.string().catch(''),
  code: z
    .union([z.string(), z.number().transform(String)])
    .nullish()
    .catch(undefined),
  type: z.string().nullish().catch(undefined),
  param: z.string().nullish().catch(undefined),
});
export type ApiErrorBody = z.infer<typeof apiError>;

const errorAnswer = z.object({ error: apiError });

/** @see https://platform.openai.com/docs/guides/error-codes */
export function fromOpenAi(call: ServiceCall, error: unknown): BackendError {
  const failure = httpFailureIn(error);
  const body = failure?.what === 'status' ? errorBodyOf(failure.body) : undefined;
  if (failure === undefined || body === undefined) return fromFailure(call, error);
  return fromApiError(call, body, failure.status, failure.retryAfterMs);
}

/** An `error` in an answer, or, without a status, in the middle of a stream. */
export function fromApiError(
  call: ServiceCall,
  body: ApiErrorBody,
  status?: number,
  retryAfterMs?: number,
): BackendError {
  const code = body.code ?? body.type ?? '';
  const { message } = body;
  const text = `${call.name} was refused (${status ?? 'in its stream'} ${code}): ${excerpt(message)}`;
  const retryAfter = retryAfterOf({ retryAfterMs });
  if (moderation.has(code) || body.type === 'image_generation_user_error_moderation') {
    return new BackendError(text, { kind: 'moderated', retryable: false });
  }
  if (exhausted.has(code) || (body.type != null && exhausted.has(body.type))) {
    const operatorText = `has no quota left (${code}): ${plain(message)}`;
    return new BackendError(text, { kind: 'quota', retryable: true, operatorText, ...retryAfter });
  }
  if (misconfigured.has(code)) {
    const operatorText =
      code === 'invalid_api_key' ? 'refuses the API key' : `refuses (${code}): ${plain(message)}`;
    return new BackendError(text, { kind: 'unavailable', retryable: false, operatorText });
  }
  if (status !== undefined) return fromStatus(call, { status, message, retryAfterMs });
  if (code === 'rate_limit_exceeded' || body.type === 'rate_limit_error') {
    return new BackendError(text, { kind: 'rate-limited', retryable: true });
  }
  if (/invalid_request|image_generation_user_error/.test(`${code} ${body.type}`)) {
    return fromStatus(call, { status: 400, message });
  }
  return new BackendError(text, { kind: 'transient', retryable: true });
}

function errorBodyOf(text: string): ApiErrorBody | undefined {
  try {
    return errorAnswer.parse(JSON.parse(text)).error;
  } catch {
    // Another shape: the status alone has to do.
    return undefined;
  }
}

/** A 400 that a server gives for our wish to see the image on its way, and for nothing else. */
export function refusesStreaming(error: unknown): boolean {
  const failure = httpFailureIn(error);
  if (failure?.what !== 'status' || (failure.status !== 400 && failure.status !== 422))
    return false;
  const param = errorBodyOf(failure.body)?.param;
  if (param === 'stream' || param === 'partial_images') return true;
  return param == null && /\bstream(ing)?\b|partial_images/i.test(failure.body);
}

export function isUnknownCall(error: unknown): boolean {
  const status = httpFailureIn(error)?.status;
  return status === 404 || status === 405;
}

const moderation = new Set(['moderation_blocked', 'content_policy_violation', 'content_filter']);
const exhausted = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'quota_exceeded',
]);
const misconfigured = new Set([
  'invalid_api_key',
  'model_not_found',
  'organization_restricted',
  'unsupported_country_region_territory',
]);
