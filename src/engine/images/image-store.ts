import type { FilePieces } from './file-pieces.js';

/** Where images live: files under the data folder today, S3 behind the same seam later. */
export interface ImageStore {
  /**
   * Keeps the file under a new unguessable key. Whole or not at all, also over a crash.
   * @throws ImageStoreError when the disk is full, read-only or out of reach
   */
  put(file: FilePieces, mediaType: string): Promise<string>;
  /** @throws ImageMissingError when nothing is stored under the key */
  get(key: string): Promise<Uint8Array>;
  /** Harmless when it is gone already. */
  delete(key: string): Promise<void>;
  /** All that is stored, in no order; what comes or goes meanwhile may be missing. */
  list(): AsyncIterable<StoredFile>;
}

export interface StoredFile {
  readonly key: string;
  readonly modifiedAt: Date;
}

export class ImageMissingError extends Error {
  override readonly name = 'ImageMissingError';
  readonly key: string;

  constructor(key: string) {
    super(`No stored image under the key ${key}`);
    this.key = key;
  }
}

/** The store could not keep or read an image: a full or read-only disk, a missing permission. */
export class ImageStoreError extends Error {
  override readonly name = 'ImageStoreError';
  /** The operating system's code, such as `ENOSPC`. */
  readonly code: string;

  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
