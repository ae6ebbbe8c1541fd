import { randomBytes } from 'node:crypto';
import { extname } from 'node:path';
import type { PhotoSize } from 'grammy/types';

export type FileKind = 'photo' | 'document';

/** A file on Telegram's servers. */
export interface StoredFile {
  readonly fileId: string;
  readonly fileUniqueId: string;
  readonly kind: FileKind;
  readonly bytes: Buffer;
  /** Below `/file/bot<token>/`. */
  readonly path: string;
  readonly name?: string;
  readonly mediaType?: string;
}

export interface FileStore {
  add(file: Pick<StoredFile, 'kind' | 'bytes' | 'name' | 'mediaType'>): StoredFile;
  get(fileId: string): StoredFile | undefined;
  atPath(path: string): StoredFile | undefined;
  /** Remembers which sizes make one photo, so that the id of any of them sends the whole. */
  groupPhoto(sizes: readonly PhotoSize[]): void;
  photoOf(fileId: string): PhotoSize[] | undefined;
}

const extensions: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.bmp': 'image/bmp',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.heic': 'image/heic',
  '.avif': 'image/avif',
  '.svg': 'image/svg+xml',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
  '.txt': 'text/plain',
  '.json': 'application/json',
};

/** Telegram goes by a file name's ending, and believes it whatever the bytes are. */
export function mediaTypeOf(fileName: string): string {
  return extensions[extname(fileName).toLowerCase()] ?? 'application/octet-stream';
}

export function createFileStore(): FileStore {
  const byId = new Map<string, StoredFile>();
  const byPath = new Map<string, StoredFile>();
  const photos = new Map<string, PhotoSize[]>();
  const counts: Record<FileKind, number> = { photo: 0, document: 0 };
  return {
    add({ kind, bytes, name, mediaType }) {
      const extension = kind === 'photo' ? '.jpg' : extname(name ?? '');
      const prefix = kind === 'photo' ? 'AgACAgIAAxkBAA' : 'BQACAgIAAxkBAA';
      const file: StoredFile = {
        fileId: prefix + randomBytes(42).toString('base64url'),
        fileUniqueId: `AQAD${randomBytes(8).toString('base64url')}`,
        kind,
        bytes,
        path: `${kind}s/file_${counts[kind]}${extension}`,
        ...(name !== undefined && { name }),
        ...(mediaType !== undefined && { mediaType }),
      };
      counts[kind] += 1;
      byId.set(file.fileId, file);
      byPath.set(file.path, file);
      return file;
    },
    get: (fileId) => byId.get(fileId),
    atPath: (path) => byPath.get(path),
    groupPhoto(sizes) {
      for (const size of sizes) photos.set(size.file_id, [...sizes]);
    },
    photoOf: (fileId) => photos.get(fileId),
  };
}
