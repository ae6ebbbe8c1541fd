import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  largestEntry,
  type ZipFileEntry,
  zipArchives,
} from '../../../src/engine/images/zip-archive.js';
import { readZip } from '../../support/zip-reading.js';

const maxBytes = 100_000;

async function* files(sizes: readonly number[]): AsyncGenerator<ZipFileEntry> {
  for (const [index, size] of sizes.entries()) {
    yield { name: `easel-${index + 1}.png`, bytes: randomBytes(size) };
  }
}

async function archivesOf(sizes: readonly number[]): Promise<Uint8Array[]> {
  const zips: Uint8Array[] = [];
  for await (const zip of zipArchives(files(sizes), maxBytes)) zips.push(zip);
  return zips;
}

it('packs all into one zip where that fits', async () => {
  const [zip, ...others] = await archivesOf([1000, 2000, 3000]);
  expect(others).toEqual([]);
  const read = readZip(zip ?? Buffer.alloc(0));
  expect(read.map(({ name, bytes }) => [name, bytes.length])).toEqual([
    ['easel-1.png', 1000],
    ['easel-2.png', 2000],
    ['easel-3.png', 3000],
  ]);
});

it('packs the rest into further zips, each whole and within the limit', async () => {
  const sizes = Array.from({ length: 30 }, (_, index) => 15_000 + index * 700);
  const zips = await archivesOf(sizes);
  expect(Math.max(...zips.map((zip) => zip.byteLength))).toBeLessThanOrEqual(maxBytes);
  expect(zips.length).toBeLessThan(sizes.length);
  const names = zips.flatMap((zip) => readZip(zip).map(({ name }) => name));
  expect(names).toEqual(sizes.map((_, index) => `easel-${index + 1}.png`));
});

it('takes the largest file that it promises to take', async () => {
  const [zip] = await archivesOf([largestEntry(maxBytes)]);
  expect(zip?.byteLength).toBeLessThanOrEqual(maxBytes);
});

it('makes no zip of nothing', async () => {
  expect(await archivesOf([])).toEqual([]);
});
