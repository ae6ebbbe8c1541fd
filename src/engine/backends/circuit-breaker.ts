import type { BackendState } from './backend-report.repository.js';

/** Failed runs in a row after which an instance rests. */
const failuresToOpen = 3;
const longestRestMs = 60_000;

/** Milliseconds on a clock that never goes back. */
export type MonotonicClock = () => number;

/**
 * Whether one instance may be given runs. Opened by failures in a row or by a failed health check,
 * closed by a good one, and then on trial: its next failure opens it again, for twice as long.
 */
export interface CircuitBreaker {
  admits(): boolean;
  /** `remainingMs`: until it may be tried again, where that is known. */
  state(): { readonly state: BackendState; readonly remainingMs: number | null };
  /** A good run. True where the breaker closes by it: it does not refuse us any more. */
  runSucceeded(): boolean;
  /** The instance answered, and refused: no sign of illness. */
  runRefused(): void;
  /** `suspect`: nothing more is given to it until a health check has looked. */
  runFailed(options: { readonly suspect: boolean }): void;
  /** The instance refuses us, whatever is asked of it: it rests, until checks or time say otherwise. */
  runMisconfigured(): void;
  /** What it costs is used up, for so long. */
  exhaust(forMs: number): void;
  /** A good health check. True where the breaker closes by it. */
  checkSucceeded(): boolean;
  /** A health check that began then was not answered. Says for how long none has been. */
  checkFailed(beganAt: number): number;
  /** A health check was answered, by a refusal that waiting does not mend. */
  checkMisconfigured(): void;
}

export function createCircuitBreaker(restMs: number, now: MonotonicClock): CircuitBreaker {
  let failures = 0;
  let isOpen = false;
  let isSuspect = false;
  let openedAt = 0;
  /** Times in a row that it opened without a good run in between. */
  let openings = 0;
  /** Begin of the first of the checks that failed in a row. */
  let failingSince: number | undefined;
  let exhaustedUntil = 0;
  /** Who found that the instance refuses us: a check must say that it does so no longer. */
  let misconfiguredBy: 'run' | 'check' | undefined;

  const restUntil = () =>
    openedAt + Math.min(restMs * 2 ** Math.max(0, openings - 1), longestRestMs);

  function open(): void {
    if (!isOpen) openings += 1;
    isOpen = true;
    openedAt = now();
  }

  return {
    admits: () => !isOpen && !isSuspect && now() >= exhaustedUntil,
    state() {
      const exhaustedForMs = exhaustedUntil - now();
      if (failingSince !== undefined) return { state: 'away', remainingMs: null };
      if (misconfiguredBy !== undefined) return { state: 'misconfigured', remainingMs: null };
      if (exhaustedForMs > 0) return { state: 'exhausted', remainingMs: exhaustedForMs };
      if (isOpen) return { state: 'resting', remainingMs: Math.max(0, restUntil() - now()) };
      return { state: 'well', remainingMs: null };
    },
    runSucceeded() {
      failures = 0;
      openings = 0;
      if (misconfiguredBy !== 'run') return false;
      misconfiguredBy = undefined;
      if (failingSince !== undefined) return false;
      isOpen = false;
      return true;
    },
    runRefused() {
      failures = 0;
    },
    runFailed({ suspect }) {
      failures += 1;
      if (suspect) isSuspect = true;
      if (failures >= failuresToOpen) open();
    },
    runMisconfigured() {
      misconfiguredBy ??= 'run';
      open();
    },
    exhaust(forMs) {
      exhaustedUntil = Math.max(exhaustedUntil, now() + forMs);
    },
    checkSucceeded() {
      const hadFailed = failingSince !== undefined || misconfiguredBy === 'check';
      failingSince = undefined;
      isSuspect = false;
      if (!isOpen || (!hadFailed && now() < restUntil())) return false;
      isOpen = false;
      misconfiguredBy = undefined;
      failures = failuresToOpen - 1;
      return true;
    },
    checkFailed(beganAt) {
      failingSince ??= beganAt;
      isSuspect = false;
      open();
      return now() - failingSince;
    },
    checkMisconfigured() {
      failingSince = undefined;
      isSuspect = false;
      misconfiguredBy = 'check';
      open();
    },
  };
}
