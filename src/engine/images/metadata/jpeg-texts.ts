import { type FilePieces, inRuns } from '../file-pieces.js';
import { readExif, writeExif } from './exif.js';
import { exifOf, type ImageTexts, textsIn } from './image-texts.js';

interface Segment {
  readonly marker: number;
  readonly data: Buffer;
  /** With its marker and its length. */
  readonly whole: Buffer;
}

const markers = { app0: 0xe0, app1: 0xe1, app13: 0xed, comment: 0xfe, scan: 0xda } as const;
const exifMark = 'Exif\0\0';
/** A segment's length is told in two bytes, itself among it. */
const maxSegmentLength = 65_533;

/**
 * The same JPEG, its pixels untouched, with these texts in its EXIF and no others (EXIF, XMP, IPTC,
 * comments). Which way is up stays, and so do colour profiles and content credentials.
 */
export function writeJpegTexts(file: Buffer, wanted: ImageTexts | undefined): FilePieces {
  const segments = segmentsOf(file);
  if (segments === undefined) return [file];
  const { list, end } = segments;
  const { orientation } = exifIn(list);
  const [first] = list;
  const isJfif = first?.marker === markers.app0;
  const rest = list.slice(isJfif ? 1 : 0).filter((segment) => !isText(segment));
  return inRuns([
    file.subarray(0, 2),
    ...(isJfif ? [first.whole] : []),
    ...exifSegment(wanted, orientation),
    ...rest.map(({ whole }) => whole),
    file.subarray(end),
  ]);
}

export function readJpegTexts(file: Buffer): Partial<ImageTexts> {
  return textsIn(exifIn(segmentsOf(file)?.list ?? []));
}

function exifSegment(wanted: ImageTexts | undefined, orientation: number | undefined): Buffer[] {
  const fields = {
    ...exifOf(wanted),
    ...(orientation !== undefined && orientation !== 1 && { orientation }),
  };
  if (Object.keys(fields).length === 0) return [];
  const data = Buffer.concat([Buffer.from(exifMark, 'latin1'), writeExif(fields)]);
  if (data.length > maxSegmentLength) return exifSegment(undefined, orientation);
  const head = Buffer.from([0xff, markers.app1, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return [Buffer.concat([head, data])];
}

function exifIn(segments: readonly Segment[]) {
  const exif = segments.find((segment) => isExif(segment));
  return exif ? readExif(exif.data) : {};
}

function isExif({ marker, data }: Segment): boolean {
  return marker === markers.app1 && data.toString('latin1', 0, 6) === exifMark;
}

function isText({ marker }: Segment): boolean {
  return marker === markers.app1 || marker === markers.app13 || marker === markers.comment;
}

/** Those before the pixels, and where these begin; undefined for what is no whole JPEG. */
function segmentsOf(file: Buffer): { list: Segment[]; end: number } | undefined {
  if (file.length < 4 || file.readUInt16BE(0) !== 0xffd8) return undefined;
  const list: Segment[] = [];
  for (let at = 2; at + 4 <= file.length; ) {
    const marker = file[at + 1] ?? 0;
    // A byte of filling, or something that is not a marker.
    if (file[at] !== 0xff) return undefined;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === markers.scan) return { list, end: at };
    const end = at + 2 + file.readUInt16BE(at + 2);
    if (end > file.length) return undefined;
    list.push({ marker, data: file.subarray(at + 4, end), whole: file.subarray(at, end) });
    at = end;
  }
  return undefined;
}
