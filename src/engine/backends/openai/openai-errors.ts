import { z } from 'zod';
import { BackendError } from '../backend-error.js';
import {
  failureReasonIn,
  fromLibrary,
  type LibraryCall,
  refused,
} from '../service/library-errors.js';
import { misconfigured, modelNotOpen } from '../service/service-errors.js';
import { excerpt, plain } from '../service/service-text.js';

/**
 * Where everything that OpenAI, or a server that speaks like it, can say or fail to say becomes a
 * class of ours. Nothing else in this folder looks at status codes.
 */

/** The `error` of an answer, and of an event in a stream. */
export const apiError = z.object({
  message: z.string().catch(''),
  code: z
    .union([z.string(), z.number().transform(String)])
    .nullish()
    .catch(undefined),
  type: z.string().nullish().catch(undefined),
  param: z.string().nullish().catch(undefined),
});
type ApiError = z.infer<typeof apiError>;

const errorAnswer = z.object({ error: apiError });

/** @see https://platform.openai.com/docs/guides/error-codes */
export function fromOpenAi(call: LibraryCall, error: unknown): BackendError {
  const reason = failureReasonIn(error);
  if (reason?.kind !== 'status') return fromLibrary(call, error);
  const body = errorIn(reason.body);
  if (body === undefined) return fromLibrary(call, error);
  return fromApiError(call, body, reason.status, reason.retryAfterMs);
}

/** Without a status, it came in the middle of a stream. */
export function fromApiError(
  call: LibraryCall,
  { code, type, message }: ApiError,
  status?: number,
  retryAfterMs?: number,
): BackendError {
  const { name: service } = call.service;
  const names = [code, type].filter((name) => name != null);
  const text = `${service}: ${call.name} was refused (${status ?? 'in its stream'}, ${names.join(', ')}): ${excerpt(message)}`;
  const isAny = (of: ReadonlySet<string>) => names.some((name) => of.has(name));
  if (isAny(moderation)) return new BackendError(text, { kind: 'moderated', retryable: false });
  if (isAny(exhausted)) {
    return new BackendError(text, {
      kind: 'quota',
      retryable: true,
      operatorText: `${service} has no quota left: ${plain(message)}`,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }
  if (code === 'model_not_found') {
    return modelNotOpen(text, `${service} does not give us the model: ${plain(message)}`);
  }
  if (isAny(operatorsOwn)) {
    const said = code === 'invalid_api_key' ? 'the API key' : `${code}: ${plain(message)}`;
    return misconfigured(text, `${service} refuses us (${said})`);
  }
  if (status !== undefined) return refused(call, status, message, retryAfterMs);
  if (isAny(limits)) return new BackendError(text, { kind: 'rate-limited', retryable: true });
  if (isAny(mistakes)) return refused(call, 400, message);
  return new BackendError(text, { kind: 'transient', retryable: true });
}

function errorIn(text: string): ApiError | undefined {
  try {
    return errorAnswer.parse(JSON.parse(text)).error;
  } catch {
    // Another shape: the status alone has to do.
    return undefined;
  }
}

/** A refusal of our wish to see the image on its way, and of nothing else. */
export function refusesStreaming(error: unknown): boolean {
  const reason = failureReasonIn(error);
  if (reason?.kind !== 'status' || (reason.status !== 400 && reason.status !== 422)) return false;
  const param = errorIn(reason.body)?.param;
  if (param === 'stream' || param === 'partial_images') return true;
  return param == null && /\bstream(ing)?\b|partial_images/i.test(reason.body);
}

export function isUnknownCall(error: unknown): boolean {
  const reason = failureReasonIn(error);
  return reason?.kind === 'status' && (reason.status === 404 || reason.status === 405);
}

const moderation = new Set(['moderation_blocked', 'content_policy_violation', 'content_filter']);
const exhausted = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'quota_exceeded',
]);
const operatorsOwn = new Set([
  'invalid_api_key',
  'organization_restricted',
  'unsupported_country_region_territory',
]);
const limits = new Set(['rate_limit_exceeded', 'rate_limit_error']);
const mistakes = new Set(['invalid_request_error', 'image_generation_user_error']);
