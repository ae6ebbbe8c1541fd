import type { Accounts } from './accounts/accounts-service.js';
import type { Administration } from './administration/administration.js';
import type { Albums } from './albums/album-service.js';
import type { Backends } from './backends/backend-service.js';
import type {
  BatchView,
  QueuePosition,
  SubmitRequest,
  SubmittedBatch,
  TaskProgress,
} from './batches/batch.js';
import type { CardQueue } from './cards/card-queue.js';
import type { History } from './history/history-service.js';
import type { ArchiveEntry } from './images/archive.js';
import type { FilePieces } from './images/file-pieces.js';
import type { Preferences } from './preferences/preferences-service.js';
import type { Presets } from './presets/preset-service.js';
import type { Inbox } from './updates/inbox.js';
import type { Actor, Identity, Platform, User } from './users/user.js';

export interface StoredInput {
  readonly id: string;
  readonly mediaType: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

export interface ModelInfo {
  /** What people type after `--model`. */
  readonly name: string;
  readonly pool: string;
  readonly default: boolean;
  /** Takes an image to start from. */
  readonly canEdit: boolean;
  /** Takes a mask that says where the image may change. */
  readonly canInpaint: boolean;
  readonly canUpscale: boolean;
  /** Reference images beside the one to start from, at most. */
  readonly references: number;
}

export interface PoolInfo {
  readonly name: string;
  /** Tasks that may run at the same time; settings change it live. */
  readonly concurrency: number;
  readonly paused: boolean;
  readonly waiting: number;
  readonly running: number;
}

/** All that chat and http can ask of the engine. Ids are those that users see. */
export interface Engine {
  readonly inbox: Inbox;
  readonly cards: CardQueue;

  /** The record of a person, made or refreshed. */
  ensureUser(identity: Identity): Promise<User>;

  readonly inputs: {
    /**
     * Copies an image from outside into the store: sniffed, limited, decoded whole, first frame.
     * @throws ImageError
     */
    keep(bytes: Uint8Array): Promise<StoredInput>;
    /** An image that Easel made, as the input of a new task. @throws EngineError */
    keepImage(imageId: string): Promise<StoredInput>;
    /**
     * Has `use` work with what is in a zip, while that stands in memory: `fetch` is called when its
     * turn comes. @throws ArchiveError, and what `fetch` and `use` throw
     */
    readArchive<T>(
      fetch: () => Promise<Uint8Array>,
      use: (entries: readonly ArchiveEntry[]) => Promise<T>,
    ): Promise<T>;
    /** Bytes of a zip, at most. */
    readonly archiveMaxBytes: number;
    /** Limits for whoever fetches: bytes of one input image, at most. */
    readonly maxBytes: number;
    readonly maxPixels: number;
  };

  readonly albums: Albums;
  readonly presets: Presets;
  /** For administrators: how the backends are, and which take part. */
  readonly backends: Backends;
  readonly administration: Administration;
  readonly history: History;
  readonly preferences: Preferences;
  readonly accounts: Accounts;

  /**
   * One transaction: batch, tasks, card, and the source update closed.
   * @throws EngineError unknown-model, cannot, too-many-waiting, quota-exceeded, and what
   *   `administration.check` throws
   * @throws RecordUnavailableError
   */
  submit(request: SubmitRequest): Promise<SubmittedBatch>;
  /**
   * Waiting tasks end at once, running ones as soon as their backend was told. As in `retry` and
   * `remove`, the id is a batch's, or that of one of its tasks. @throws EngineError
   */
  cancel(id: string, actor: Actor): Promise<void>;
  /**
   * Failed tasks wait again, in the same batch; cancelled ones where none has failed.
   * @throws EngineError
   */
  retry(id: string, actor: Actor): Promise<void>;
  /** Forgets the batch: stored images and inputs go, its card is no longer rendered. @throws EngineError */
  remove(id: string, actor: Actor): Promise<void>;

  batch(batchId: string): Promise<BatchView | undefined>;
  /** Own waiting and running batches, oldest first. */
  activeBatches(userId: string): Promise<BatchView[]>;
  /** The batch that an image belongs to. */
  batchOfImage(imageId: string): Promise<BatchView | undefined>;
  /**
   * The batch that a file says it is an image of. Whoever made the file may have written that: what
   * may be shown of the batch is for the asker's rights to decide, as with an id that was typed.
   */
  batchOfFile(bytes: Uint8Array): Promise<BatchView | undefined>;
  position(batchId: string): Promise<QueuePosition | undefined>;
  /** Bytes of a finished image. @throws EngineError unknown-image, images-gone */
  readImage(imageId: string): Promise<{ readonly bytes: Uint8Array; readonly mediaType: string }>;
  /** One JPEG of several images side by side, 2×2 for four; cached. @throws EngineError */
  readGrid(
    imageIds: readonly string[],
  ): Promise<{ readonly bytes: Uint8Array; readonly mediaType: string }>;
  /**
   * The file of an image made to fit a platform: as it is where it fits, else as WebP or JPEG, else
   * smaller.
   * @throws EngineError
   */
  readImageWithin(
    imageId: string,
    limits: ImageFit,
  ): Promise<{
    readonly pieces: FilePieces;
    readonly mediaType: string;
    readonly changed: boolean;
  }>;

  /**
   * The images in zips of at most `maxBytes`, as few as that allows, each whole by itself. An image
   * that is larger than a zip may be is made to fit; one that is gone is left out.
   */
  readArchives(
    imageIds: readonly string[],
    limits: { readonly maxBytes: number },
  ): AsyncIterable<Uint8Array>;

  /** Those on offer; with `hidden`, those too that only administrators may use. */
  models(including?: 'hidden'): Promise<readonly ModelInfo[]>;
  pools(): Promise<readonly PoolInfo[]>;
  /** 1 to 10. In force at once in every process. @throws EngineError unknown-pool, bad-setting */
  setConcurrency(pool: string | undefined, value: number, actor: Actor): Promise<PoolInfo[]>;
  /**
   * Nothing of the pool begins any more, in every process; what runs goes on to its end. Without a
   * name, all of them. @throws EngineError unknown-pool
   */
  pausePool(pool: string | undefined, actor: Actor): Promise<PoolInfo[]>;
  /** @throws EngineError unknown-pool */
  resumePool(pool: string | undefined, actor: Actor): Promise<PoolInfo[]>;
  /** A person's share of turns, 0.1 to 100; others have 1. @throws EngineError bad-setting */
  setWeight(userId: string, weight: number, actor: Actor): Promise<void>;

  /** Called on each tick of a running task, in every process. Returns the way to stop listening. */
  onProgress(listener: (progress: TaskProgress) => void): () => void;
  /** A card of the platform may be due. Only a hint: the renderer sweeps anyway. */
  onCardChanged(platform: Platform, listener: (batchId: string) => void): () => void;
}

export interface ImageFit {
  readonly maxBytes: number;
  /** Pixels, width plus height. */
  readonly maxSideSum?: number;
  /** Longer side to shorter side. */
  readonly maxRatio?: number;
}
