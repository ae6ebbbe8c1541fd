import { type BackendError, isMisconfigured } from '../backends/backend-error.js';
import type { TaskFailure } from '../batches/batch.js';

/** Repeats of a task that failed for a passing reason, without anybody asking. */
export const automaticRetries = 2;
/** A task that keeps taking its workers down is given up after this many submissions. */
export const maxSubmissions = 4;
/** How long a task waits for a dead, limited or exhausted service before it fails. */
export const defaultDeadlineMs = 60 * 60 * 1000;

export interface AttemptState {
  /** Automatic retries used up so far. */
  readonly retries: number;
  readonly submissions: number;
  /** Milliseconds to its deadline, once the task has begun to wait for a service. */
  readonly deadlineInMs: number | null;
  /** Whether another instance of the pool, or its fallback, could take the task now. */
  readonly elsewhere: boolean;
}

export type Decision =
  | { readonly kind: 'cancel' }
  | { readonly kind: 'fail'; readonly failure: TaskFailure }
  | {
      readonly kind: 'wait';
      /** Null for its turn alone. */
      readonly reason: 'retry' | 'rate-limited' | 'quota' | 'unavailable' | null;
      readonly delayMs: number;
      readonly retries: number;
      /** Null where it has none yet. */
      readonly deadlineInMs: number | null;
    };

/**
 * What becomes of a task whose run failed: by the error's class and the attempts so far, alone.
 * Times are spans: the record's clock and this process's need not agree.
 */
export function decideAfterFailure(
  error: BackendError,
  attempt: AttemptState,
  random: () => number = Math.random,
): Decision {
  const fail: Decision = { kind: 'fail', failure: failureOf(error) };
  const waitFor = (reason: 'rate-limited' | 'quota' | 'unavailable', delayMs: number): Decision => {
    const deadlineInMs = attempt.deadlineInMs ?? defaultDeadlineMs;
    if (delayMs > deadlineInMs) return fail;
    return { kind: 'wait', reason, delayMs, retries, deadlineInMs };
  };
  const { retries, deadlineInMs } = attempt;
  const goElsewhere: Decision = { kind: 'wait', reason: null, delayMs: 0, retries, deadlineInMs };

  switch (error.kind) {
    case 'cancelled':
      return { kind: 'cancel' };
    case 'moderated':
    case 'invalid-request':
      return fail;
    case 'rate-limited':
      return waitFor('rate-limited', error.retryAfterMs ?? withJitter(15_000, random));
    case 'quota':
      if (attempt.elsewhere) return goElsewhere;
      return error.retryAfterMs === undefined ? fail : waitFor('quota', error.retryAfterMs);
    case 'unavailable':
      if (error.billed === 'unknown' || attempt.submissions >= maxSubmissions) return fail;
      if (attempt.elsewhere) return goElsewhere;
      return error.retryable ? waitFor('unavailable', withJitter(5_000, random)) : fail;
    case 'transient': {
      const allowed = Math.min(automaticRetries, error.maxRetries ?? automaticRetries);
      const mayRepeat =
        error.retryable && error.billed !== 'unknown' && attempt.submissions < maxSubmissions;
      if (!mayRepeat || attempt.retries >= allowed) return fail;
      return {
        kind: 'wait',
        reason: 'retry',
        delayMs: error.retryAfterMs ?? withJitter(1_000 * 3 ** attempt.retries, random),
        retries: attempt.retries + 1,
        deadlineInMs,
      };
    }
  }
}

export function failureOf(error: BackendError): TaskFailure {
  const kind = isMisconfigured(error) ? 'misconfigured' : error.finalKind;
  return { kind, text: error.userText ?? null, billed: error.billed };
}

/** From half of it to one and a half, so that a crowd does not come back at once. */
function withJitter(delayMs: number, random: () => number): number {
  return Math.round(delayMs * (0.5 + random()));
}
