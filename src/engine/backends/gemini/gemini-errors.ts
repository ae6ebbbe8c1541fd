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
 * Where everything that Gemini can say or fail to say becomes a class of ours. Nothing else in this
 * folder looks at status codes and reasons.
 */

/** `google.rpc.Status`, with the details that decide something. */
const errorAnswer = z.object({
  error: z.object({
    message: z.string().catch(''),
    status: z.string().catch(''),
    details: z
      .array(
        z.object({
          reason: z.string().optional().catch(undefined),
          violations: z
            .array(z.object({ quotaId: z.string().catch('') }))
            .optional()
            .catch(undefined),
          retryDelay: z.string().optional().catch(undefined),
        }),
      )
      .catch([]),
  }),
});
type ErrorAnswer = z.infer<typeof errorAnswer>['error'];

/** @see https://ai.google.dev/gemini-api/docs/troubleshooting */
export function fromGemini(call: LibraryCall, error: unknown, now: Date): BackendError {
  const reason = failureReasonIn(error);
  if (reason?.kind !== 'status') return fromLibrary(call, error);
  const body = errorIn(reason.body);
  if (body === undefined) return fromLibrary(call, error);
  const { name: service } = call.service;
  const { status } = reason;
  const { message, details } = body;
  const text = `${service}: ${call.name} was answered ${status} ${body.status}: ${excerpt(message)}`;
  if (status === 429 && violates(body, /PerDay/i)) {
    return new BackendError(text, {
      kind: 'quota',
      retryable: true,
      operatorText: `${service} has no quota left today: ${plain(message)}`,
      // The delay beside it is a minute's; the day ends at midnight, Pacific time.
      retryAfterMs: untilPacificMidnight(now),
    });
  }
  const isKey =
    details.some((detail) => detail.reason === 'API_KEY_INVALID') ||
    /api key (not valid|expired|not found)/i.test(message);
  if (isKey) return misconfigured(text, `${service} refuses the API key`);
  if (status === 404) return modelNotOpen(text, `${service} has no such model: ${plain(message)}`);
  if (body.status === 'FAILED_PRECONDITION') {
    return misconfigured(text, `${service} refuses us: ${plain(message)}`);
  }
  return refused(call, status, message, delayIn(body) ?? reason.retryAfterMs);
}

/** A prompt that was not even begun. */
export function promptBlocked(call: LibraryCall, reason: string): BackendError {
  const message = `${call.service.name}: ${call.name} blocked the prompt: ${reason}`;
  return new BackendError(message, { kind: 'moderated', retryable: false });
}

/** An answer without an image: refused, or failed at a cost. */
export function withoutImage(call: LibraryCall, reason: string, words: string): BackendError {
  const message = `${call.service.name}: ${call.name} gave no image (${reason}): ${excerpt(words)}`;
  if (refusals.has(reason))
    return new BackendError(message, { kind: 'moderated', retryable: false });
  const said = plain(words);
  return new BackendError(message, {
    kind: 'transient',
    retryable: true,
    billed: 'yes',
    maxRetries: 1,
    userText: said === '' ? 'the model made no image' : `the model answered in words: ${said}`,
  });
}

/** Of several images that all failed: what a user can do something about goes first. */
export function mostTelling(errors: readonly BackendError[]): BackendError | undefined {
  const uncertain = errors.find(({ billed }) => billed === 'unknown');
  const final = errors.find(({ kind }) => kind === 'moderated' || kind === 'invalid-request');
  return final ?? uncertain ?? errors.find(({ kind }) => kind !== 'cancelled') ?? errors[0];
}

const refusals = new Set([
  'SAFETY',
  'IMAGE_SAFETY',
  'PROHIBITED_CONTENT',
  'IMAGE_PROHIBITED_CONTENT',
  'RECITATION',
  'IMAGE_RECITATION',
  'BLOCKLIST',
  'SPII',
]);

function errorIn(text: string): ErrorAnswer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    // Streamed calls of some proxies wrap it in a list.
    return errorAnswer.parse(Array.isArray(answer) ? answer[0] : answer).error;
  } catch {
    // Another shape: the status alone has to do.
    return undefined;
  }
}

function violates({ details }: ErrorAnswer, limit: RegExp): boolean {
  return details.some(({ violations }) => violations?.some(({ quotaId }) => limit.test(quotaId)));
}

/** `google.protobuf.Duration` in JSON: `37.5s`. */
function delayIn({ details }: ErrorAnswer): number | undefined {
  const delay = details.find(({ retryDelay }) => retryDelay !== undefined)?.retryDelay;
  const seconds = delay?.match(/^(\d+(?:\.\d+)?)s$/)?.[1];
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1000);
}

const dayMs = 24 * 60 * 60 * 1000;

function untilPacificMidnight(now: Date): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/Los_Angeles',
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(
    format.formatToParts(now).map(({ type, value }) => [type, Number(value)]),
  );
  const { hour = 0, minute = 0, second = 0 } = parts;
  return dayMs - ((hour * 60 + minute) * 60 + second) * 1000;
}
