/** Where images live: files under the data folder today, S3 behind the same seam later. */
export interface ImageStore {
  /** Keeps the bytes under a new unguessable key. Whole or not at all, also over a crash. */
  put(bytes: Uint8Array, mediaType: string): Promise<string>;
  /** @throws ImageMissingError when nothing is stored under the key */
  get(key: string): Promise<Uint8Array>;
  /** Harmless when it is gone already. */
  delete(key: string): Promise<void>;
}

export class ImageMissingError extends Error {
  override readonly name = 'ImageMissingError';
  constructor(readonly key: string) {
    super(`No stored image under the key ${key}`);
  }
}
