import { ImageError, type ImageProblem } from '../images/inspection.js';
import { BackendError } from './backend-error.js';

/** What the backends that draw by themselves share: ends of runs, and their failures. */
export interface LocalRuns {
  /**
   * Runs the work until it ends, the run is aborted or the backend closes. The work's own signal
   * tells it to stop; whether it does or not, the caller is answered at once.
   * @throws BackendError
   */
  run<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  close(): void;
}

export function createLocalRuns(): LocalRuns {
  const closing = new AbortController();
  return {
    async run(wanted, work) {
      const ending = new AbortController();
      const onWanted = () => ending.abort(wanted.reason);
      const onClosing = () => ending.abort('detach');
      wanted.addEventListener('abort', onWanted);
      closing.signal.addEventListener('abort', onClosing);
      if (wanted.aborted) onWanted();
      if (closing.signal.aborted) onClosing();
      try {
        ending.signal.throwIfAborted();
        return await Promise.race([work(ending.signal), rejectionOf(ending.signal)]);
      } catch (error) {
        throw ending.signal.aborted ? cancelled(ending.signal.reason) : translate(error);
      } finally {
        wanted.removeEventListener('abort', onWanted);
        closing.signal.removeEventListener('abort', onClosing);
      }
    },
    close: () => closing.abort('detach'),
  };
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function cancelled(reason: unknown): BackendError {
  return new BackendError(`The run was aborted (${String(reason)})`, {
    kind: 'cancelled',
    retryable: false,
  });
}

export function invalidRequest(userText: string): BackendError {
  return new BackendError(userText, { kind: 'invalid-request', retryable: false, userText });
}

function translate(error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  if (error instanceof ImageError) return invalidRequest(textOf(error.problem));
  return new BackendError(`The picture could not be made: ${String(error)}`, {
    kind: 'transient',
    retryable: true,
    cause: error,
  });
}

function textOf(problem: ImageProblem): string {
  if (problem.kind !== 'too-many-pixels') return 'The image cannot be read.';
  const megapixels = (pixels: number) => Math.round(pixels / 100_000) / 10;
  return `The result would have ${megapixels(problem.pixels)} megapixels; ${megapixels(problem.maxPixels)} is the most.`;
}
