import type { WebSocket } from 'ws';
import type { OperatorWorkflow } from './operator-workflow.js';

export interface ComfyUiLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Milliseconds. */
export interface ComfyUiTimings {
  /** One small call, from its start to the end of its answer. */
  readonly callMs: number;
  /** One list of files or of nodes' inputs, which is done without when it does not come. */
  readonly listMs: number;
  /** `/system_stats` as the health check. */
  readonly healthMs: number;
  /** `POST /prompt`: the server checks the whole graph before it answers. */
  readonly submitMs: number;
  /** One image, up or down. */
  readonly transferMs: number;
  /** Without a byte for so long, an answer that has begun is given up. */
  readonly idleMs: number;
  /** Between two looks at history and queue, which find out what the socket did not tell. */
  readonly pollMs: number;
  /** A run whose server shows no sign of life for so long is given up as `unavailable`. */
  readonly unreachableMs: number;
  /** A run is submitted without its socket when that is not open by then. */
  readonly socketOpenMs: number;
  /** First pause before the socket is opened again; doubled up to 5 s. */
  readonly reconnectMs: number;
  /** Between two pings of the socket. One that goes unanswered closes it. */
  readonly keepAliveMs: number;
  /** A reconnected socket that tells nothing of a running run for so long is opened anew. */
  readonly deafMs: number;
  /** Between two previews, at least. */
  readonly previewMs: number;
  /** A run is called absent only when two looks so far apart did not find it. */
  readonly recheckMs: number;
  /** How long a cancel waits for the server to have stopped the run. */
  readonly cancelMs: number;
}

export const defaultTimings: ComfyUiTimings = {
  callMs: 8_000,
  // Two names of a folder are tried within the patience that a list of models is given.
  listMs: 1_200,
  healthMs: 4_000,
  submitMs: 30_000,
  transferMs: 120_000,
  idleMs: 15_000,
  pollMs: 2_500,
  unreachableMs: 12_000,
  socketOpenMs: 3_000,
  reconnectMs: 250,
  keepAliveMs: 15_000,
  deafMs: 10_000,
  previewMs: 500,
  recheckMs: 500,
  cancelMs: 5_000,
};

export interface ComfyUiOptions {
  /** The instance's name, unique among the backends. */
  readonly name: string;
  /** Where ComfyUI answers, with the path that a proxy puts it under. */
  readonly url: string;
  /** Sent with every call and with the socket's handshake, for proxies that ask for a login. */
  readonly headers?: Readonly<Record<string, string>>;
  /** File name, or name as people see it, of the default model; otherwise the first there is. */
  readonly checkpoint?: string;
  /** Pixels of a finished image by checkpoint, where its name does not tell (`1024 * 1024`). */
  readonly pixels?: Readonly<Record<string, number>>;
  /** Asked of servers that let a client choose; `default` leaves it to the server's own setting. */
  readonly previewMethod?: 'auto' | 'latent2rgb' | 'taesd' | 'none' | 'default';
  /** Names that people see, by file; otherwise the file's own without its ending. */
  readonly names?: Readonly<Record<string, string>>;
  /** Whether SD 1.5, SD 2 and SDXL checkpoints are listed once more as `NAME-hires`. */
  readonly hires?: boolean;
  /** The operator's own. */
  readonly workflows?: readonly OperatorWorkflow[];
  /** One image, at most. */
  readonly maxImageBytes?: number;
  readonly timings?: Partial<ComfyUiTimings>;
  readonly fetch?: typeof fetch;
  readonly WebSocket?: typeof WebSocket;
  /** Milliseconds that only ever rise; not the time of day. */
  readonly clock?: { now(): number };
  readonly random?: { uuid(): string };
  readonly log: ComfyUiLog;
}
