/**
 * A file in one piece or several, in order. What is written into the middle of a picture then costs
 * no copy of the rest: a megabyte copied for each picture kept the garbage collector busier than
 * anything else that is done about it.
 */
export type FilePieces = readonly Uint8Array[];

export function lengthOf(pieces: FilePieces): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** The whole file, copied only where it is in several pieces. */
export function joined(pieces: FilePieces): Uint8Array {
  const [first, ...others] = pieces;
  return first && others.length === 0 ? first : Buffer.concat(pieces);
}

/** The same with neighbours in memory as one piece: a PNG may have a chunk for every few kilobytes. */
export function inRuns(pieces: FilePieces): FilePieces {
  const runs: Uint8Array[] = [];
  for (const piece of pieces) {
    const last = runs.at(-1);
    const isNext =
      last?.buffer === piece.buffer && last.byteOffset + last.byteLength === piece.byteOffset;
    if (last && isNext) {
      const length = last.byteLength + piece.byteLength;
      runs[runs.length - 1] = Buffer.from(last.buffer, last.byteOffset, length);
    } else if (piece.byteLength > 0) {
      runs.push(piece);
    }
  }
  return runs;
}

/** What follows the first so many bytes. */
export function after(pieces: FilePieces, bytes: number): FilePieces {
  const rest: Uint8Array[] = [];
  let skip = bytes;
  for (const piece of pieces) {
    if (skip < piece.byteLength) rest.push(piece.subarray(skip));
    skip = Math.max(0, skip - piece.byteLength);
  }
  return rest;
}
