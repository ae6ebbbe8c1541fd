import { type FilePieces, joined } from './file-pieces.js';

export interface PngChunk {
  readonly type: string;
  readonly data: Buffer;
  /** The chunk as it stands in the file, with its length and its check. */
  readonly whole: Buffer;
}

export const pngSignatureLength = 8;

/** Up to the end, or to where the file is damaged (PNG §5.3: length, type, data, check). */
export function* pngChunks(file: Buffer): Generator<PngChunk> {
  for (let at = pngSignatureLength; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > file.length) return;
    const type = file.toString('latin1', at + 4, at + 8);
    yield { type, data: file.subarray(at + 8, end - 4), whole: file.subarray(at, end) };
    if (type === 'IEND') return;
    at = end;
  }
}

/** Whether a chunk of that type stands in the file, or before the first one of another type. */
export function hasPngChunk(file: FilePieces, wanted: string, before?: string): boolean {
  for (let at = pngSignatureLength; ; ) {
    const head = bytesAt(file, at, 8);
    if (!head) return false;
    const type = head.toString('latin1', 4);
    if (type === wanted) return true;
    if (type === before) return false;
    at += 12 + head.readUInt32BE(0);
  }
}

function bytesAt(file: FilePieces, at: number, length: number): Buffer | undefined {
  let offset = at;
  for (const [index, piece] of file.entries()) {
    if (offset >= piece.byteLength) {
      offset -= piece.byteLength;
      continue;
    }
    const isWithin = offset + length <= piece.byteLength;
    const rest = isWithin ? piece : joined(file.slice(index));
    if (offset + length > rest.byteLength) return undefined;
    return Buffer.from(rest.buffer, rest.byteOffset + offset, length);
  }
  return undefined;
}
