import type { BackendCapabilities } from '../backend.js';
import type { Size } from '../image-size.js';

export interface GeminiOptions {
  /** The instance's name, unique among the backends. */
  readonly name: string;
  readonly apiKey?: string | undefined;
  /** Without the API's version, e.g. `https://generativelanguage.googleapis.com`. */
  readonly url?: string;
  /** Those offered, the first by default; otherwise what the service lists. */
  readonly models?: readonly string[];
  /** `1K`, `2K` or `4K`, on models that take it. */
  readonly imageSize?: '1K' | '2K' | '4K';
  /** Calls at the same time, over all runs: an image is a call of its own. */
  readonly parallelCalls?: number;
  /** One answer, at most. */
  readonly maxResponseBytes?: number;
  /** The time of day, for a quota that ends with the day. */
  readonly now?: () => Date;
}

export const officialUrl = 'https://generativelanguage.googleapis.com';
export const defaultMaxResponseBytes = 100 * 1024 * 1024;
export const defaultParallelCalls = 4;

/** @see https://ai.google.dev/gemini-api/docs/image-generation, "Aspect ratios" */
export const aspects: readonly [Size, ...Size[]] = [
  { width: 1, height: 1 },
  { width: 2, height: 3 },
  { width: 3, height: 2 },
  { width: 3, height: 4 },
  { width: 4, height: 3 },
  { width: 4, height: 5 },
  { width: 5, height: 4 },
  { width: 9, height: 16 },
  { width: 16, height: 9 },
  { width: 21, height: 9 },
];

export const capabilities: BackendCapabilities = {
  operations: new Set(['generate', 'edit', 'vary']),
  maxCount: 4,
  aspects: aspects.map(({ width, height }) => `${width}:${height}`),
  seed: true,
  negative: false,
  strength: false,
  mask: false,
  references: 3,
  preview: false,
  progress: false,
  cancel: 'local',
  resumable: false,
  paid: true,
};
