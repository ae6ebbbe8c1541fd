import type { fetch } from 'undici';

/** Milliseconds. */
export interface SeedreamTimings {
  /** A health check, from its start to its answer. */
  readonly healthMs: number;
  /** How long an answer is believed before a health check asks again. */
  readonly trustMs: number;
  /** Without a byte for so long, an answer that has begun is given up: an image takes its time. */
  readonly idleMs: number;
}

export const defaultTimings: SeedreamTimings = {
  healthMs: 4_000,
  trustMs: 60_000,
  idleMs: 180_000,
};

export interface SeedreamOptions {
  /** The instance's name, unique among the backends. */
  readonly name: string;
  /** The configuration knows no backend without one. */
  readonly apiKey?: string | undefined;
  /** The address before `/images/generations`; Ark's in Beijing where absent. */
  readonly url?: string | undefined;
  /** Ids of models or endpoints (`ep-…`), the default first; otherwise those of Seedream 4 and 5. */
  readonly models?: readonly string[] | undefined;
  /** Whether the service writes its mark into the images. */
  readonly watermark?: boolean | undefined;
  /** Bytes of one answer, at most: up to four images. */
  readonly maxAnswerBytes?: number | undefined;
  readonly timings?: Partial<SeedreamTimings>;
  readonly fetch?: typeof fetch;
  /** Milliseconds that only ever rise; not the time of day. */
  readonly clock?: { now(): number };
}

export const defaultUrl = 'https://ark.cn-beijing.volces.com/api/v3';
