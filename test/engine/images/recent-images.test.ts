import { expect, it } from 'vitest';
import { joined } from '../../../src/engine/images/file-pieces.js';
import type { ImageStore } from '../../../src/engine/images/image-store.js';
import { rememberRecentImages } from '../../../src/engine/images/recent-images.js';

/** A store in memory that counts how often it is read. */
function createCountingStore() {
  const files = new Map<string, Uint8Array>();
  let reads = 0;
  const store: ImageStore = {
    async put(file) {
      const key = `key-${files.size}`;
      files.set(key, joined(file));
      return key;
    },
    async get(key) {
      reads += 1;
      return files.get(key) ?? new Uint8Array();
    },
    async delete(key) {
      files.delete(key);
    },
    async *list() {},
  };
  return { store, reads: () => reads };
}

const megabyte = 1_000_000;

it('gives a picture that was just stored without reading it back', async () => {
  const { store, reads } = createCountingStore();
  const recent = rememberRecentImages(store);
  const key = await recent.put([new Uint8Array([1, 2, 3])], 'image/png');
  expect(await recent.get(key)).toEqual(new Uint8Array([1, 2, 3]));
  expect(reads()).toBe(0);
});

it('gives it in the pieces that it was put in, and whole', async () => {
  const { store } = createCountingStore();
  const recent = rememberRecentImages(store);
  const file = [new Uint8Array([1, 2]), new Uint8Array([3])];
  const key = await recent.put(file, 'image/png');
  expect(await recent.getPieces(key)).toEqual(file);
  expect(new Uint8Array(await recent.get(key))).toEqual(new Uint8Array([1, 2, 3]));
});

it('reads what was stored long ago, or before many others, and no longer knows what was deleted', async () => {
  let now = 0;
  const { store, reads } = createCountingStore();
  const recent = rememberRecentImages(store, () => now);
  const old = await recent.put([new Uint8Array(megabyte)], 'image/png');
  now += 11_000;
  const first = await recent.put([new Uint8Array(40 * megabyte)], 'image/png');
  const second = await recent.put([new Uint8Array(40 * megabyte)], 'image/png');
  await recent.get(old);
  await recent.get(first);
  expect(reads()).toBe(2);
  await recent.get(second);
  expect(reads()).toBe(2);
  await recent.delete(second);
  expect(await recent.get(second)).toHaveLength(0);
  expect(reads()).toBe(3);
});
