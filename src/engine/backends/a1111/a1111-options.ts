import type { fetch } from 'undici';

export interface A1111Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Milliseconds. */
export interface A1111Timings {
  /** One small call, from its start to its answer. */
  readonly callMs: number;
  readonly healthMs: number;
  /** Without a byte for so long, an answer that has begun is given up. */
  readonly idleMs: number;
  /** Between two looks at a run's progress. */
  readonly pollMs: number;
  /** A waiting run is told of so often, though nothing changes. */
  readonly waitingMs: number;
  /** How long a cancel is waited for; a run that waits behind others is watched on after that. */
  readonly cancelMs: number;
  /** How long a cancelled run that waits behind others is watched, to be stopped when it begins. */
  readonly watchMs: number;
}

export const defaultTimings: A1111Timings = {
  callMs: 8_000,
  healthMs: 4_000,
  idleMs: 15_000,
  pollMs: 500,
  waitingMs: 5_000,
  cancelMs: 5_000,
  watchMs: 30 * 60_000,
};

export interface A1111Options {
  /** The instance's name, unique among the backends. */
  readonly name: string;
  /** Where the web UI answers, without `/sdapi`; `user:password@` becomes Basic authentication. */
  readonly url: string;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The default checkpoint, by title or model name; otherwise the one that the server has loaded. */
  readonly checkpoint?: string | undefined;
  /** A sampler's name as `/sdapi/v1/samplers` lists it; otherwise chosen by the checkpoint's name. */
  readonly sampler?: string | undefined;
  readonly scheduler?: string | undefined;
  readonly steps?: number | undefined;
  readonly cfgScale?: number | undefined;
  /** An upscaler's name as `/sdapi/v1/upscalers` lists it; otherwise the best known one it has. */
  readonly upscaler?: string | undefined;
  /** Whether users may write `<lora:…>` and the like, which load files of the server. */
  readonly livePromptSyntax?: boolean | undefined;
  /** Bytes of one answer, at most: up to four images. */
  readonly maxAnswerBytes?: number | undefined;
  readonly timings?: Partial<A1111Timings>;
  readonly fetch?: typeof fetch;
  /** Milliseconds that only ever rise; not the time of day. */
  readonly clock?: { now(): number };
  readonly random?: { uuid(): string };
  readonly log: A1111Log;
}
