import type { FileHandle } from 'node:fs/promises';
import { mkdir, mkdtemp, open, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileStore } from '../../../src/engine/images/file-store.js';
import { ImageMissingError, ImageStoreError } from '../../../src/engine/images/image-store.js';

const bytes = new Uint8Array([1, 2, 3, 250]);

describe('createFileStore', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'easel-images-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const files = async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  };

  it('gives back what it was given, to another process too', async () => {
    const key = await createFileStore(folder).put([bytes], 'image/png');
    expect(new Uint8Array(await createFileStore(folder).get(key))).toEqual(bytes);
  });

  it('puts the pieces of a file together, also where the disk takes a few bytes at a time', async () => {
    const slow = async (file: string, flags: string): Promise<FileHandle> => {
      const handle = await open(file, flags);
      handle.writev = async (buffers) => {
        const [first] = buffers as unknown as Uint8Array[];
        const taken = (first ?? new Uint8Array()).subarray(0, 2);
        await handle.write(taken);
        return { bytesWritten: taken.byteLength, buffers };
      };
      return handle;
    };
    const pieces = [bytes.subarray(0, 3), new Uint8Array(), bytes.subarray(3)];
    for (const store of [createFileStore(folder), createFileStore(folder, { open: slow })]) {
      expect(new Uint8Array(await store.get(await store.put(pieces, 'image/png')))).toEqual(bytes);
    }
  });

  it('goes on where somebody has removed its folders meanwhile', async () => {
    const store = createFileStore(folder);
    await store.put([bytes], 'image/png');
    await rm(folder, { recursive: true });
    const key = await store.put([bytes], 'image/png');
    expect(Buffer.from(await store.get(key))).toEqual(Buffer.from(bytes));
  });

  it('gives the same bytes two keys that nobody can guess', async () => {
    const store = createFileStore(folder);
    const keys = [await store.put([bytes], 'image/png'), await store.put([bytes], 'image/jpeg')];
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}\.(png|jpg)$/);
  });

  it('forgets what was deleted, and takes a second deletion', async () => {
    const store = createFileStore(folder);
    const key = await store.put([bytes], 'image/webp');
    await store.delete(key);
    await store.delete(key);
    await expect(store.get(key)).rejects.toBeInstanceOf(ImageMissingError);
    expect(await files()).toEqual([]);
  });

  it('never leaves its folder, whatever the key', async () => {
    const secret = path.join(folder, 'secret.png');
    await writeFile(secret, 'secret');
    const store = createFileStore(path.join(folder, 'images'));
    for (const key of ['../secret.png', secret, '..', '', 'a/../../secret.png', '%2e%2e/x.png']) {
      await expect(store.get(key)).rejects.toBeInstanceOf(ImageMissingError);
      await store.delete(key);
    }
    expect(await files()).toEqual(['secret.png']);
  });

  it('says that the disk is full, and leaves no half of a picture', async () => {
    const full = async (file: string, flags: string): Promise<FileHandle> => {
      const handle = await open(file, flags);
      handle.writev = async () => {
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      };
      return handle;
    };
    const failure = await createFileStore(folder, { open: full })
      .put([bytes], 'image/png')
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ImageStoreError);
    expect(failure).toMatchObject({
      code: 'ENOSPC',
      message: expect.stringContaining('disk is full'),
    });
    expect(await files()).toEqual([]);
  });

  it('keeps pictures also where it cannot clear away what a crash left', async () => {
    const stubborn = path.join(folder, 'incoming', 'old.part');
    await mkdir(stubborn, { recursive: true });
    await utimes(stubborn, new Date(0), new Date(0));
    const store = createFileStore(folder);
    const key = await store.put([bytes], 'image/png');
    expect(new Uint8Array(await store.get(key))).toEqual(bytes);
  });

  it('says why a folder cannot be written', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    const put = createFileStore(file).put([bytes], 'image/png');
    await expect(put).rejects.toThrow(/a file stands where a folder is needed/);
  });

  it('clears away what a crash left half written, but not what another process writes', async () => {
    const store = createFileStore(folder);
    const key = await store.put([bytes], 'image/png');
    const old = path.join(folder, 'incoming', 'old.part');
    await writeFile(old, 'half');
    await writeFile(path.join(folder, 'incoming', 'young.part'), 'half');
    await utimes(old, new Date(0), new Date(0));
    const second = await createFileStore(folder).put([bytes], 'image/png');
    expect((await files()).sort()).toEqual([key, second, 'young.part'].sort());
  });
});
