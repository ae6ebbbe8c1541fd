import sharp from 'sharp';
import type {
  Backend,
  BackendCapabilities,
  BackendHandle,
  BackendRequest,
  BackendResult,
  BackendRunContext,
} from '../../src/engine/backends/backend.js';
import { BackendError } from '../../src/engine/backends/backend-error.js';

/** A run that waits at the backend until the test says how it ends. */
export interface HeldRun {
  readonly request: BackendRequest;
  readonly context: BackendRunContext;
  readonly resumedFrom: BackendHandle | null;
  finish(): void;
  fail(error: BackendError): void;
}

export interface ScriptedBackend extends Backend {
  /** Submissions so far, resumes not among them. */
  readonly submissions: BackendRequest[];
  readonly resumes: BackendHandle[];
  /** Runs of which it was told to stop. */
  readonly cancelled: string[];
  /** Runs whose connection was dropped without a word. */
  readonly detached: string[];
  /** Runs that wait. Only with `hold`. */
  readonly held: HeldRun[];
  /** Answers no health check while it is true. */
  dead: boolean;
  /** What it answers health checks with, in place of a good word. */
  refusal: BackendError | undefined;
  /** From now on, runs wait for the test. */
  hold: boolean;
  /** The next runs fail with these, in order. */
  failWith(...errors: BackendError[]): void;
}

/** An image service in this process that does as the test says; the engine can't tell. */
export function createScriptedBackend(
  name = 'scripted',
  capabilities: Partial<BackendCapabilities> = {},
): ScriptedBackend {
  const failures: BackendError[] = [];
  const backend: ScriptedBackend = {
    name,
    type: 'scripted',
    capabilities: {
      operations: new Set(['generate', 'edit']),
      maxCount: 4,
      aspects: 'any',
      seed: true,
      negative: true,
      strength: true,
      mask: false,
      references: 0,
      preview: true,
      progress: true,
      cancel: 'exact',
      resumable: false,
      paid: false,
      ...capabilities,
    },
    submissions: [],
    resumes: [],
    cancelled: [],
    detached: [],
    held: [],
    hold: false,
    dead: false,
    refusal: undefined,
    failWith: (...errors) => failures.push(...errors),
    models: async () => [{ id: 'scripted-model', name: 'scripted-model' }],
    async health() {
      if (backend.refusal) throw backend.refusal;
      if (backend.dead) throw new BackendError('dead', { kind: 'unavailable', retryable: true });
    },
    async run(request, context) {
      backend.submissions.push(request);
      if (backend.capabilities.resumable) await context.saveHandle({ id: request.runKey });
      const failure = failures.shift();
      if (failure) throw failure;
      return serve(request, context, null);
    },
    async resume(handle, request, context) {
      backend.resumes.push(handle);
      return serve(request, context, handle);
    },
    async cancel(handle) {
      backend.cancelled.push(String(handle.id));
    },
    close: async () => {},
  };

  async function serve(
    request: BackendRequest,
    context: BackendRunContext,
    resumedFrom: BackendHandle | null,
  ): Promise<BackendResult> {
    if (backend.hold) {
      await new Promise<void>((resolve, reject) => {
        const ended = () => {
          const told = context.signal.reason === 'cancel' ? backend.cancelled : backend.detached;
          told.push(request.runKey);
          reject(new BackendError('aborted', { kind: 'cancelled', retryable: false }));
        };
        if (context.signal.aborted) return ended();
        context.signal.addEventListener('abort', ended, { once: true });
        backend.held.push({ request, context, resumedFrom, finish: resolve, fail: reject });
      });
    }
    const images = await Promise.all(
      Array.from({ length: request.count }, async (_, index) => ({
        bytes: await picture((request.seed + index) % 256),
        seed: request.seed + index,
      })),
    );
    return { images, model: 'Scripted model' };
  }

  return backend;
}

function picture(shade: number): Promise<Uint8Array> {
  return sharp({
    create: { width: 64, height: 64, channels: 3, background: { r: shade, g: 80, b: 120 } },
  })
    .png()
    .toBuffer();
}
