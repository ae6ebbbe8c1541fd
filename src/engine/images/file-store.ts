import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { after, type FilePieces, lengthOf } from './file-pieces.js';
import {
  ImageMissingError,
  type ImageStore,
  ImageStoreError,
  type StoredFile,
} from './image-store.js';

const extensions: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'image/tiff': 'tiff',
};

const keyPattern = /^[0-9a-f]{32}\.[a-z]{3,4}$/;
const abandonedAfterMs = 24 * 60 * 60 * 1000;

const explanations: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOTDIR: 'a file stands where a folder is needed',
  EEXIST: 'a file stands where a folder is needed',
  EMFILE: 'too many files are open',
};

export interface FileStoreDeps {
  /** Opens a file to write. */
  readonly open?: (file: string, flags: string) => Promise<FileHandle>;
}

/**
 * Keeps images as files, `<folder>/3f/3f9a….png`. A picture is written beside its place, flushed,
 * and then renamed, so that a crash leaves either all of it or nothing under its key.
 */
export function createFileStore(folder: string, deps: FileStoreDeps = {}): ImageStore {
  const openFile = deps.open ?? open;
  const incoming = path.join(folder, 'incoming');
  const shardOf = (key: string) => path.join(folder, key.slice(0, 2));
  let swept: Promise<void> | undefined;
  /** Folders that are there, unless somebody has removed them since. */
  const made = new Set<string>();

  const makeFolder = async (wanted: string) => {
    if (made.has(wanted)) return;
    await mkdir(wanted, { recursive: true });
    await flushFolder(path.dirname(wanted));
    made.add(wanted);
  };

  const write = async (key: string, file: FilePieces) => {
    const shard = shardOf(key);
    await makeFolder(shard);
    await makeFolder(incoming);
    // What can't be cleared away now is none of this picture's business.
    swept ??= sweepAbandoned(incoming).catch(() => undefined);
    await swept;
    const partial = path.join(incoming, `${key}.part`);
    try {
      const handle = await openFile(partial, 'wx');
      try {
        await writeAll(handle, file);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(partial, path.join(shard, key));
      await flushFolder(shard);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  };

  /** A folder that was removed meanwhile is made again, once. */
  const writeAnew = async (key: string, file: FilePieces) => {
    try {
      await write(key, file);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || made.size === 0) throw error;
      made.clear();
      await write(key, file);
    }
  };

  return {
    list: () => listFiles(folder),

    async put(file, mediaType) {
      const key = `${randomBytes(16).toString('hex')}.${extensions[mediaType] ?? 'bin'}`;
      try {
        await writeAnew(key, file);
      } catch (error) {
        throw storeError(`Cannot keep an image of ${lengthOf(file)} bytes in ${folder}`, error);
      }
      return key;
    },

    async get(key) {
      if (!keyPattern.test(key)) throw new ImageMissingError(key);
      try {
        return await readFile(path.join(shardOf(key), key));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') throw new ImageMissingError(key);
        throw storeError(`Cannot read the image ${key} in ${folder}`, error);
      }
    },

    async delete(key) {
      if (!keyPattern.test(key)) return;
      try {
        await rm(path.join(shardOf(key), key), { force: true });
      } catch (error) {
        throw storeError(`Cannot delete the image ${key} in ${folder}`, error);
      }
    },
  };
}

async function* listFiles(folder: string): AsyncGenerator<StoredFile> {
  for (const shard of await namesIn(folder)) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue;
    for (const key of await namesIn(path.join(folder, shard))) {
      if (!keyPattern.test(key)) continue;
      const file = await stat(path.join(folder, shard, key)).catch(() => undefined);
      if (file) yield { key, modifiedAt: file.mtime };
    }
  }
}

/** None where the folder is not there yet. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw storeError(`Cannot list ${folder}`, error);
  }
}

/** What a crash left behind in the middle of a write; younger ones may be another process's. */
async function sweepAbandoned(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const file = path.join(incoming, name);
    // Gone in between means that its writer finished, or that another process sweeps as well.
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > abandonedAfterMs) await rm(file, { force: true });
  }
}

/** In one call where the system takes all of it at once. */
async function writeAll(handle: FileHandle, file: FilePieces): Promise<void> {
  let left = file;
  while (left.length > 0) {
    const { bytesWritten } = await handle.writev([...left]);
    left = after(left, bytesWritten);
  }
}

/** A rename lasts only once its folder is on the disk. Windows opens no folders, and needs none. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function storeError(what: string, cause: unknown): ImageStoreError {
  const code = codeOf(cause);
  return new ImageStoreError(`${what}: ${explanations[code] ?? String(cause)} (${code})`, code, {
    cause,
  });
}
