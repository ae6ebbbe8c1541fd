/**
 * The one contract between the engine and an image service. Everything in the folders beside this
 * file implements it; nothing else in Easel speaks to an image service. `test/contracts/backend.ts`
 * runs on every implementation.
 */

import type { BackendError } from './backend-error.js';

export type Operation = 'generate' | 'edit' | 'inpaint' | 'upscale' | 'vary';

/** What one backend instance can do. Requests are checked against it before they are queued. */
export interface BackendCapabilities {
  readonly operations: ReadonlySet<Operation>;
  /** Images that one run can make, at most. */
  readonly maxCount: number;
  /** `any`, or the aspects that the service accepts, as `w:h`. */
  readonly aspects: 'any' | readonly string[];
  readonly seed: boolean;
  readonly negative: boolean;
  readonly strength: boolean;
  readonly mask: boolean;
  /** Reference images beside the main input image, at most. */
  readonly references: number;
  /** Whether a run reports progress with pictures on the way. */
  readonly preview: boolean;
  /** Whether a run reports progress at all. It decides how much silence is tolerated by default. */
  readonly progress: boolean;
  /** Milliseconds of silence after which a run is given up, where the default does not fit. */
  readonly silenceLimitMs?: number;
  /**
   * `exact` stops just this run; `queued-only` only one that has not begun; `global` stops whatever
   * runs; `local` only drops our connection.
   */
  readonly cancel: 'exact' | 'queued-only' | 'global' | 'local';
  /** Whether `resume` can pick a run up again from its handle after our own process died. */
  readonly resumable: boolean;
  /** Whether a run costs money, so that it is never repeated where the outcome is unknown. */
  readonly paid: boolean;
}

/** What may differ from model to model of one backend. */
export type ModelCapabilities = Pick<
  BackendCapabilities,
  'operations' | 'maxCount' | 'aspects' | 'seed' | 'negative' | 'strength' | 'mask' | 'references'
>;

export interface BackendModel {
  /** The name that the service knows, unique in the backend. */
  readonly id: string;
  /** The name that people see and type. */
  readonly name: string;
  /**
   * Where this model can do other than the backend's `capabilities` say, which are what at least
   * one of its models can.
   */
  readonly capabilities?: Partial<ModelCapabilities>;
}

export interface BackendImage {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

export interface BackendRequest {
  /** The run's name, unique for each submission: `<task id>-<run number>`. For logs and tracing. */
  readonly runKey: string;
  readonly operation: Operation;
  readonly prompt: string;
  readonly negative?: string;
  /** A `BackendModel.id`; absent means the backend's default. */
  readonly model?: string;
  /** Width to height; absent means the input image's own aspect, else 1:1. */
  readonly aspect?: { readonly width: number; readonly height: number };
  /** Images to make, 1 to 4. */
  readonly count: number;
  /**
   * 0 to 2^32 - 1, of the first image. Image i > 0 has `seed + i`, counted round at 2^32, or none of
   * its own where the service draws all of a run from one seed.
   */
  readonly seed: number;
  /** 0 (keep the input as it is) to 1 (ignore it). Only with `image`. */
  readonly strength?: number;
  readonly image?: BackendImage;
  readonly mask?: BackendImage;
  readonly references: readonly BackendImage[];
}

export interface BackendProgress {
  /** 0 to 1, never falling within a run. */
  readonly fraction: number;
  /** A small JPEG or PNG, where the backend has one. */
  readonly preview?: { readonly bytes: Uint8Array; readonly mediaType: string };
}

/**
 * Why a run is aborted. `cancel`: somebody wants it stopped, so tell the service. `detach`: this
 * process gives it up (lost lease, shutdown), so close the connection and tell the service nothing.
 */
export type AbortReason = 'cancel' | 'detach';

export interface BackendRunContext {
  /** Its `reason` is an `AbortReason`. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BackendProgress) => void;
  /**
   * Keeps what `resume` needs. Await it **before** the request leaves where the service lets us
   * choose the id, so that a crash in between leaves a trace. Throws when the run is no longer ours.
   */
  readonly saveHandle: (handle: BackendHandle) => Promise<void>;
}

/** Plain JSON, at most a few kB, understood only by the backend that saved it. */
export type BackendHandle = { readonly [key: string]: string | number | boolean | null };

export interface BackendResult {
  readonly images: readonly {
    readonly bytes: Uint8Array;
    /** The seed that makes this image alone; absent where there is none, or it is not known. */
    readonly seed?: number;
  }[];
  /** Of images that were asked for, were made in the same run, and failed alone. */
  readonly failures?: readonly BackendError[];
  /** The friendly name of the model that ran, as shown on the card. */
  readonly model: string;
  /** With what it was made, as far as the backend decided it: steps, sampler, … */
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** SHA-256 in hex of the workflow that ran, where the backend has such; equal for equal ones. */
  readonly workflowHash?: string;
}

export interface Backend {
  /** Unique among all configured backends; the instance's name in logs, slots and handles. */
  readonly name: string;
  readonly type: string;
  /** May grow and shrink with what the service has installed: read it anew each time. */
  readonly capabilities: BackendCapabilities;
  /** First one is the default. @throws BackendError */
  models(signal?: AbortSignal): Promise<readonly BackendModel[]>;
  /** Resolves when the service can take a run now. @throws BackendError of kind `unavailable` */
  health(signal?: AbortSignal): Promise<void>;
  /** @throws BackendError always and only; an abort rejects with kind `cancelled` */
  run(request: BackendRequest, context: BackendRunContext): Promise<BackendResult>;
  /**
   * Takes a run up again from its handle, without submitting it twice.
   * @throws BackendError; kind `transient` with `forgotten: true` where the service no longer knows it
   */
  resume(
    handle: BackendHandle,
    request: BackendRequest,
    context: BackendRunContext,
  ): Promise<BackendResult>;
  /** Stops a run that no process of ours holds any more. Harmless when it is over or unknown. */
  cancel(handle: BackendHandle): Promise<void>;
  close(): Promise<void>;
}
