import type { Backend, BackendRequest, BackendRunContext } from '../src/engine/backends/backend.js';
import { BackendError } from '../src/engine/backends/backend-error.js';

export interface InstantBackendOptions {
  readonly name?: string;
  readonly picture: Uint8Array;
  /** Milliseconds that each run takes; none by default. */
  readonly runMs?: number;
  /** Milliseconds between two reports of progress; none are made by default. */
  readonly progressEveryMs?: number;
  readonly onBegin?: (request: BackendRequest) => void;
  /** The backend was told to stop a run. */
  readonly onCancel?: (request: BackendRequest) => void;
}

export interface InstantBackend extends Backend {
  /** Ends the runs that began last, however long they were to take. */
  endLast(count: number): void;
}

/** An image service that answers with a prepared picture: all time that is left is Easel's own. */
export function createInstantBackend(options: InstantBackendOptions): InstantBackend {
  const { name = 'instant', picture, runMs = 0, progressEveryMs, onBegin, onCancel } = options;
  /** The ends of those that are under way, in the order of their beginnings. */
  const underWay = new Set<() => void>();

  async function run(request: BackendRequest, context: BackendRunContext) {
    onBegin?.(request);
    if (runMs > 0) await draw(request, context);
    const images = Array.from({ length: request.count }, (_, index) => ({
      bytes: picture,
      seed: request.seed + index,
    }));
    return { images, model: 'Instant' };
  }

  function draw(request: BackendRequest, { signal, onProgress }: BackendRunContext) {
    const beganAt = performance.now();
    return new Promise<void>((resolve, reject) => {
      const report = () => onProgress({ fraction: (performance.now() - beganAt) / runMs });
      const ticking = progressEveryMs ? setInterval(report, progressEveryMs) : undefined;
      const finish = () => {
        clearInterval(ticking);
        clearTimeout(timer);
        underWay.delete(end);
        signal.removeEventListener('abort', abort);
      };
      const abort = () => {
        finish();
        if (signal.reason === 'cancel') onCancel?.(request);
        reject(new BackendError('aborted', { kind: 'cancelled', retryable: false }));
      };
      const end = () => {
        finish();
        resolve();
      };
      const timer = setTimeout(end, runMs);
      underWay.add(end);
      signal.addEventListener('abort', abort);
      if (signal.aborted) abort();
    });
  }

  return {
    endLast(count) {
      for (const end of [...underWay].slice(-count)) end();
    },
    name,
    type: 'instant',
    capabilities: {
      operations: new Set(['generate', 'edit']),
      maxCount: 4,
      aspects: 'any',
      seed: true,
      negative: true,
      strength: true,
      mask: false,
      references: 0,
      preview: false,
      progress: progressEveryMs !== undefined,
      cancel: 'exact',
      resumable: false,
      paid: false,
    },
    models: async () => [{ id: 'instant', name: 'instant' }],
    health: async () => {},
    run,
    resume: (_handle, request, context) => run(request, context),
    cancel: async () => {},
    close: async () => {},
  };
}
