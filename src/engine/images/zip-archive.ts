import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

export interface ZipFileEntry {
  /** A file's name, without folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Bytes that a zip needs beside its files: headers, twice the name, and its end. */
const bytesPerEntry = 256;
const bytesAtEnd = 128;

/** The most that one file may have in a zip of `maxBytes`. */
export function largestEntry(maxBytes: number): number {
  return maxBytes - bytesPerEntry - bytesAtEnd - 512;
}

/**
 * Packs files, in their order, into as few zips of at most `maxBytes` as that allows; each is whole
 * by itself. Nothing is compressed: images are already. A file above `largestEntry` makes a zip that
 * is too large.
 */
export async function* zipArchives(
  entries: AsyncIterable<ZipFileEntry>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void> {
  let together: ZipFileEntry[] = [];
  let size = bytesAtEnd;
  for await (const entry of entries) {
    const added = entry.bytes.byteLength + bytesPerEntry + 2 * Buffer.byteLength(entry.name);
    if (together.length > 0 && size + added > maxBytes) {
      yield await zip(together);
      together = [];
      size = bytesAtEnd;
    }
    together.push(entry);
    size += added;
  }
  if (together.length > 0) yield await zip(together);
}

async function zip(entries: readonly ZipFileEntry[]): Promise<Uint8Array> {
  const file = new ZipFile();
  for (const { name, bytes } of entries) {
    file.addBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name, {
      compress: false,
    });
  }
  file.end();
  return buffer(file.outputStream);
}
