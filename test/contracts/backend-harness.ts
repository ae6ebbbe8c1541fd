import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { expect } from 'vitest';
import type {
  Backend,
  BackendCapabilities,
  BackendHandle,
  BackendImage,
  BackendProgress,
  BackendRequest,
  BackendResult,
  BackendRunContext,
} from '../../src/engine/backends/backend.js';
import { BackendError } from '../../src/engine/backends/backend-error.js';
import type { ServiceFailure } from './service-failures.js';

/** What `describeBackendContract` needs to put one backend through its promises. */
export interface BackendHarness {
  readonly backend: Backend;
  /** A request that the backend serves, of an operation that it offers. */
  readonly request: BackendRequest;
  /** What the service is known to be like: the backend must say the same of itself. */
  readonly traits: Pick<
    BackendCapabilities,
    'paid' | 'cancel' | 'resumable' | 'progress' | 'preview' | 'seed' | 'negative' | 'mask'
  >;
  /**
   * Whether the stand-in service plays pictures from a recording: then nothing is asked of what is
   * in them (aspect, seed, likeness to the input), only that they decode.
   */
  readonly replaysPictures?: boolean;
  /** Runs that the service was given so far. Absent where there is no service. */
  readonly submissions?: () => number;
  /** Times that the service was told to stop a run so far. */
  readonly stops?: () => number;
  /** Calls whose connection was dropped before their answer was whole, so far. */
  readonly abandoned?: () => number;
  /** From now on runs begin and do not end until `releaseRuns`. */
  readonly holdRuns?: () => void;
  readonly releaseRuns?: () => void;
  /** Resolves once a run has begun at the service (or in the backend, where there is none). */
  readonly runBegan?: () => Promise<void>;
  /** The next submission fails so. Absent where there is no service; a failure is, where it has no such. */
  readonly failures?: Partial<Record<ServiceFailure, () => void>>;
  /** A run whose connection broke is found again by its name, without a second submission. */
  readonly findsBrokenOff?: boolean;
  /** What must not stand in any text. */
  readonly secrets?: readonly string[];
  /** The service stops answering for good. */
  readonly goAway?: () => Promise<void>;
  /** A second backend of the same name on the same service, as after our own process's restart. */
  readonly reopen?: () => Promise<Backend>;
  /** A handle of the right shape whose run the service never heard of. */
  readonly unknownHandle?: BackendHandle;
  /** Closes the backend and all else that the harness opened. */
  readonly close: () => Promise<void>;
}

export interface StartedRun {
  readonly result: Promise<BackendResult>;
  readonly progress: BackendProgress[];
  readonly handles: BackendHandle[];
  readonly abort: (reason: 'cancel' | 'detach') => void;
}

export function startRun(
  backend: Backend,
  request: BackendRequest,
  overrides: Partial<BackendRunContext> = {},
): StartedRun {
  const run = contextFor(overrides);
  return { ...run, result: silenced(backend.run(request, run.context)) };
}

export function startResume(
  backend: Backend,
  handle: BackendHandle,
  request: BackendRequest,
): StartedRun {
  const run = contextFor({});
  return { ...run, result: silenced(backend.resume(handle, request, run.context)) };
}

function contextFor(overrides: Partial<BackendRunContext>) {
  const controller = new AbortController();
  const progress: BackendProgress[] = [];
  const handles: BackendHandle[] = [];
  const context: BackendRunContext = {
    signal: controller.signal,
    onProgress: (tick) => progress.push(tick),
    saveHandle: async (handle) => {
      handles.push(handle);
    },
    ...overrides,
  };
  return {
    context,
    progress,
    handles,
    abort: (reason: 'cancel' | 'detach') => controller.abort(reason),
  };
}

/** The test looks at the result later than it may fail: that must not count as unhandled. */
function silenced<T>(result: Promise<T>): Promise<T> {
  result.catch(() => undefined);
  return result;
}

export async function failureOf(result: Promise<unknown>): Promise<BackendError> {
  const outcome = await result.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  expect(outcome, 'the run should have failed').toHaveProperty('error');
  const error = 'error' in outcome ? outcome.error : undefined;
  expect(error).toBeInstanceOf(BackendError);
  return error as BackendError;
}

export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** RGB, 3 bytes a pixel. */
  readonly pixels: Uint8Array;
}

export async function decode(bytes: Uint8Array): Promise<DecodedImage> {
  const { data, info } = await sharp(bytes, { failOn: 'warning' })
    .toColourspace('srgb')
    .flatten({ background: '#fff' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: data };
}

/** The same for the same pixels, however they are encoded. */
export async function fingerprint(bytes: Uint8Array): Promise<string> {
  const { width, height, pixels } = await decode(bytes);
  return `${width}×${height} ${createHash('sha256').update(pixels).digest('hex')}`;
}

/** Mean absolute difference of two images' colour channels on a common 64×64 raster, 0 to 255. */
export async function imageDistance(a: Uint8Array, b: Uint8Array): Promise<number> {
  const [left, right] = await Promise.all([thumbnail(a), thumbnail(b)]);
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += Math.abs((left[i] ?? 0) - (right[i] ?? 0));
  return sum / left.length;
}

async function thumbnail(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes)
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .resize(64, 64, { fit: 'fill' })
    .raw()
    .toBuffer();
}

export async function inputImage(): Promise<BackendImage> {
  const width = 256;
  const height = 192;
  const disc = Buffer.from(
    `<svg width="${width}" height="${height}"><circle cx="90" cy="96" r="60" fill="#e33"/></svg>`,
  );
  const bytes = await sharp({ create: { width, height, channels: 3, background: '#2a6' } })
    .composite([{ input: disc }])
    .png()
    .toBuffer();
  return { bytes, mediaType: 'image/png', width, height };
}

/** A mask of `inputImage`'s size that marks its left half, by transparency or in white. */
export async function leftHalf(marks: 'transparent' | 'white'): Promise<BackendImage> {
  const [width, height] = [256, 192];
  const ground = { r: 0, g: 0, b: 0, alpha: 1 };
  const mark = marks === 'white' ? '#fff' : { ...ground, alpha: 0 };
  const left = { width: width / 2, height, channels: 4, background: mark } as const;
  const bytes = await sharp({ create: left })
    .extend({ right: width / 2, background: ground })
    .png()
    .toBuffer();
  return { bytes, mediaType: 'image/png', width, height };
}

/** The mean difference of two images' colour channels in one half of them, 0 to 255. */
export async function halfDistance(
  a: Uint8Array,
  b: Uint8Array,
  half: 'left' | 'right',
): Promise<number> {
  const [first, second] = await Promise.all([thumbnail(a), thumbnail(b)]);
  // The seam itself may be either.
  const [from, to] = half === 'left' ? [0, 30] : [34, 64];
  let sum = 0;
  for (let row = 0; row < 64; row++) {
    for (let at = (row * 64 + from) * 3; at < (row * 64 + to) * 3; at++) {
      sum += Math.abs((first[at] ?? 0) - (second[at] ?? 0));
    }
  }
  return sum / (64 * (to - from) * 3);
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Timers that would keep the process alive. */
export function timers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}
