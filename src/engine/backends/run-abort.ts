import type { AbortReason } from './backend.js';
import { BackendError } from './backend-error.js';

/** The end of a run from our side: the engine's signal, or the backend's own closing. */
export interface RunAbort {
  readonly signal: AbortSignal;
  /** Undefined while the run is wanted. */
  readonly reason: AbortReason | undefined;
  /** @throws BackendError cancelled */
  throwIfAborted(): void;
  /** Resolves after the time, when the promise settles, or at the abort, whichever comes first. */
  pause(ms: number, until?: Promise<unknown>): Promise<void>;
  /** Lets go of the signals that it listens to. */
  dispose(): void;
}

/** Not `AbortSignal.any`: `closing` outlives its runs, and would keep a trace of each. */
export function createRunAbort(wanted: AbortSignal, closing: AbortSignal): RunAbort {
  const controller = new AbortController();
  const { signal } = controller;
  const onWanted = () => {
    // Whoever does not say that it wants the run stopped must not stop it.
    controller.abort(wanted.reason === 'cancel' ? 'cancel' : 'detach');
  };
  const onClosing = () => controller.abort('detach');
  wanted.addEventListener('abort', onWanted);
  closing.addEventListener('abort', onClosing);
  if (wanted.aborted) onWanted();
  if (closing.aborted) onClosing();

  return {
    signal,
    get reason() {
      return signal.aborted ? (signal.reason as AbortReason) : undefined;
    },
    throwIfAborted() {
      if (this.reason !== undefined) throw aborted(this.reason);
    },
    pause(ms, until) {
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          resolve();
        };
        const timer = setTimeout(end, ms);
        signal.addEventListener('abort', end);
        if (signal.aborted) end();
        until?.then(end, end);
      });
    },
    dispose() {
      wanted.removeEventListener('abort', onWanted);
      closing.removeEventListener('abort', onClosing);
    },
  };
}

export function aborted(reason: string, cause?: unknown): BackendError {
  return new BackendError(`run given up: ${reason}`, {
    kind: 'cancelled',
    retryable: false,
    cause,
  });
}
