import { type FilePieces, inRuns, lengthOf } from '../file-pieces.js';
import { readExif, writeExif } from './exif.js';
import { exifOf, type ImageTexts, textsIn } from './image-texts.js';

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** Bits of the extended header (RFC 9649 §2.7). */
const flags = { xmp: 0x04, exif: 0x08, alpha: 0x10 } as const;

/**
 * The same WebP, its pixels untouched, with these texts in its EXIF and no others. A plain file
 * becomes an extended one for that, which has a header with the picture's size.
 */
export function writeWebpTexts(
  file: Buffer,
  size: { readonly width: number; readonly height: number },
  wanted: ImageTexts | undefined,
): FilePieces {
  const chunks = chunksOf(file);
  if (chunks === undefined) return [file];
  const isText = ({ type }: Chunk) => type === 'EXIF' || type === 'XMP ';
  const { orientation } = exifIn(chunks);
  const fields = {
    ...exifOf(wanted),
    ...(orientation !== undefined && orientation !== 1 && { orientation }),
  };
  const hasFields = Object.keys(fields).length > 0;
  const kept = chunks.filter((chunk) => chunk.type !== 'VP8X' && !isText(chunk));
  const extended = chunks.find(({ type }) => type === 'VP8X')?.data;
  if (extended === undefined && !hasFields) return [file];
  const header = Buffer.from(extended ?? extendedHeader(size, kept));
  header[0] = ((header[0] ?? 0) & ~(flags.exif | flags.xmp)) | (hasFields ? flags.exif : 0);
  const exif = hasFields ? [{ type: 'EXIF', data: writeExif(fields) }] : [];
  return fileOf([{ type: 'VP8X', data: header }, ...kept, ...exif]);
}

export function readWebpTexts(file: Buffer): Partial<ImageTexts> {
  return textsIn(exifIn(chunksOf(file) ?? []));
}

function exifIn(chunks: readonly Chunk[]) {
  const exif = chunks.find(({ type }) => type === 'EXIF');
  return exif ? readExif(exif.data) : {};
}

/** Undefined for what is no whole WebP. */
function chunksOf(file: Buffer): Chunk[] | undefined {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WEBP') {
    return undefined;
  }
  const end = 8 + file.readUInt32LE(4);
  if (end > file.length) return undefined;
  const chunks: Chunk[] = [];
  for (let at = 12; at + 8 <= end; ) {
    const length = file.readUInt32LE(at + 4);
    if (at + 8 + length > end) return undefined;
    const type = file.toString('latin1', at, at + 4);
    chunks.push({ type, data: file.subarray(at + 8, at + 8 + length) });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

function extendedHeader(
  { width, height }: { readonly width: number; readonly height: number },
  chunks: readonly Chunk[],
): Buffer {
  const header = Buffer.alloc(10);
  const lossless = chunks.find(({ type }) => type === 'VP8L')?.data;
  // One byte of signature, then two sides of 14 bits less one, then whether alpha is used.
  const hasAlpha = lossless !== undefined && ((lossless[4] ?? 0) & 0x10) !== 0;
  header[0] = hasAlpha ? flags.alpha : 0;
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  return header;
}

function fileOf(chunks: readonly Chunk[]): FilePieces {
  const parts = chunks.flatMap(({ type, data }) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return [head, data, Buffer.alloc(data.length % 2)];
  });
  const head = Buffer.alloc(12);
  head.write('RIFF', 'latin1');
  head.writeUInt32LE(lengthOf(parts) + 4, 4);
  head.write('WEBP', 8, 'latin1');
  return inRuns([head, ...parts]);
}
