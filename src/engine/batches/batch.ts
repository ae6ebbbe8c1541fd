import type { Operation } from '../backends/backend.js';
import type { BackendErrorKind } from '../backends/backend-error.js';
import type { RequestNote } from '../backends/request-adaptation.js';
import type { ArchiveProblem } from '../images/archive.js';
import type { ImageProblem } from '../images/inspection.js';
import type { RequestPlace } from '../policy/policy.js';
import type { PresetReference } from '../presets/preset.js';
import type { TaskState } from '../tasks/task-state.js';
import type { Platform, User } from '../users/user.js';

/** How a batch came to be; the card and `/show` say it. */
export type BatchOrigin = 'imagine' | 'batch' | 'upscale' | 'vary' | 'again' | 'edit';

/** What one task is asked to make. Everything is decided here but the seed, which may be absent. */
export interface TaskRequest {
  readonly operation: Operation;
  readonly prompt: string;
  readonly negative?: string;
  /** A model's name as `engine.models()` lists it; absent means the default. */
  readonly model?: string;
  /** E.g. `16:9`. */
  readonly aspect?: string;
  /** 1 to 4. */
  readonly count: number;
  readonly seed?: number;
  /** 0 to 1, only with `inputId`. */
  readonly strength?: number;
  /** The main input image, as `engine.inputs.keep` or `engine.inputs.keepImage` named it. */
  readonly inputId?: string;
  /** White, or transparent, is where the image may change. Only with `inputId`. */
  readonly maskId?: string;
  readonly referenceIds?: readonly string[];
  /** The preset that shaped this request, in the version that it had then. */
  readonly preset?: PresetReference;
}

/** What is wrong with an image that came with a batch and was left out. */
export type InputProblem =
  | ImageProblem
  | ArchiveProblem
  /** The platform did not say how large it is; it is larger than this. */
  | { readonly kind: 'too-large'; readonly maxBytes: number }
  /** The platform hands no file to a bot that is as large. */
  | { readonly kind: 'beyond-platform' }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'foreign-host' };

/** What a card says of its batch beside what becomes of it. Names are as their senders gave them. */
export type BatchNote =
  | { readonly kind: 'image-left-out'; readonly name: string; readonly problem: InputProblem }
  /** More were left out than notes are kept of. */
  | { readonly kind: 'more-left-out'; readonly count: number }
  /** Parts of an album whose batch had begun. */
  | { readonly kind: 'late-parts' };

export interface SubmitRequest {
  readonly user: User;
  /** `discord:<guild id>`, `telegram:<chat id>`, or `<platform>:dm:<user id>`. */
  readonly scopeId: string;
  readonly origin: BatchOrigin;
  /** The batch that a button of which made this one. */
  readonly parentBatchId?: string;
  /** The source update: the same one twice gives the same batch. */
  readonly update: {
    readonly platform: Platform;
    readonly key: string;
    /** Further updates that it came by, as an album does: closed with it. */
    readonly partKeys?: readonly string[];
  };
  /** What people read on the card; the tasks have their own prompts. May be empty. */
  readonly prompt: string;
  readonly tasks: readonly TaskRequest[];
  readonly notes?: readonly BatchNote[];
  /** Only its owner may see it. */
  readonly private: boolean;
  /** Where it was asked; rules may keep Easel to some places. Without it, none of these is known. */
  readonly place?: RequestPlace;
  /** The asker is one of `EASEL_ADMINS`, who may use hidden models too. */
  readonly asAdmin?: boolean;
  /** Where the card will live. Opaque to the engine; the bot that made it reads it. */
  readonly address: CardAddress;
}

/** Plain JSON that only the platform's own bot understands. Holds no secret but Discord's token. */
export type CardAddress = { readonly [key: string]: string | number | boolean | null };

export interface SubmittedBatch {
  readonly batchId: string;
  /** False when the source update had made this batch before. */
  readonly created: boolean;
}

export interface ImageView {
  readonly id: string;
  /** 0-based among the task's images. */
  readonly index: number;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly byteLength: number;
  readonly seed: number | null;
}

export interface TaskFailure {
  readonly kind:
    | BackendErrorKind
    | 'misconfigured'
    | 'deadline'
    | 'silent'
    | 'lost'
    | 'storage'
    | 'internal';
  /** Safe for users; English, from the backend. */
  readonly text: string | null;
  /** `yes` or `unknown`: the card adds that it may have been billed. */
  readonly billed: 'no' | 'yes' | 'unknown';
}

export interface TaskView {
  readonly id: string;
  /** 0-based within the batch. */
  readonly ordinal: number;
  readonly state: TaskState;
  /** The number of the current or last run; 0 before the first. */
  readonly run: number;
  readonly request: TaskRequest;
  /** Friendly name: of the model that ran, else of the one that was asked for. */
  readonly model: string | null;
  /** Null where the service draws from seeds of its own. */
  readonly seed: number | null;
  /** Where what runs is not quite what was asked for. */
  readonly notes: readonly RequestNote[];
  /** Of a completed task: why some of its images are missing. */
  readonly failure: TaskFailure | null;
  /** Set while an automatic retry waits: its number, of how many, and when it may begin. */
  readonly retry: { readonly attempt: number; readonly of: number; readonly at: Date } | null;
  /** Set while the task waits for something other than its turn. */
  readonly waitsFor:
    | { readonly reason: 'rate-limited' | 'quota' | 'unavailable'; readonly until: Date }
    /** A pause has no end of its own; the task may have one, from what it waited for before. */
    | { readonly reason: 'paused'; readonly until: Date | null }
    | null;
  readonly cancelRequested: boolean;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  /** Of a processing task: when a worker took its run; null while none has, as with the queue away. */
  readonly begunAt: Date | null;
  readonly finishedAt: Date | null;
  readonly images: readonly ImageView[];
}

export interface BatchCounts {
  readonly pending: number;
  readonly processing: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly total: number;
}

/** Everything that a card, `/show` or `/queue` says of a batch, read in one go. */
export interface BatchView {
  readonly id: string;
  readonly owner: User;
  readonly scopeId: string;
  readonly origin: BatchOrigin;
  readonly parentBatchId: string | null;
  readonly prompt: string;
  readonly private: boolean;
  /** Its owner had all of it removed: prompts and images are gone. */
  readonly erased: boolean;
  readonly createdAt: Date;
  readonly counts: BatchCounts;
  readonly notes: readonly BatchNote[];
  readonly tasks: readonly TaskView[];
}

/** Where the first waiting task of a batch stands. */
export interface QueuePosition {
  /** 1 is next. */
  readonly position: number;
  /** Null until the pool has finished something to judge by. */
  readonly estimateMs: number | null;
}

/** The latest that a running task said of itself. A hint: it may be lost, and never decides. */
export interface TaskProgress {
  readonly batchId: string;
  readonly taskId: string;
  readonly run: number;
  /** 0 to 1. */
  readonly fraction: number;
  readonly preview?: { readonly bytes: Uint8Array; readonly mediaType: string };
}

/** Derived, never stored: what the card is. */
export type BatchPhase = 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled';

export function phaseOf(counts: BatchCounts): BatchPhase {
  if (counts.processing > 0) return 'running';
  if (counts.pending > 0) {
    return counts.pending === counts.total ? 'waiting' : 'running';
  }
  if (counts.completed > 0) return 'completed';
  return counts.failed > 0 ? 'failed' : 'cancelled';
}
