/** What Easel writes into a picture's EXIF, and reads there again. */
export interface ExifFields {
  /** 1 to 8; which way is up. */
  readonly orientation?: number;
  /** `ImageDescription`, in UTF-8 as everybody writes it. */
  readonly description?: string;
  /** `UserComment`, where AUTOMATIC1111 and those who follow it look for the parameters. */
  readonly comment?: string;
}

const tags = {
  description: 0x010e,
  orientation: 0x0112,
  software: 0x0131,
  exif: 0x8769,
  comment: 0x9286,
} as const;
const types = { ascii: 2, short: 3, long: 4, undefined: 7 } as const;
const unicode = Buffer.from('UNICODE\0', 'latin1');

interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Buffer;
}

/** A TIFF structure (TIFF 6.0 §2, Exif 2.32 §4.6), big-endian, without the `Exif` mark before it. */
export function writeExif({ orientation, description, comment }: ExifFields): Buffer {
  const entries: Entry[] = [];
  if (description !== undefined) entries.push(ascii(tags.description, description));
  if (orientation !== undefined) entries.push(short(tags.orientation, orientation));
  if (description !== undefined) entries.push(ascii(tags.software, 'Easel'));
  if (comment === undefined) return Buffer.concat([head(), directory(entries, 8)]);
  const pointer = { tag: tags.exif, type: types.long, count: 1, value: Buffer.alloc(4) };
  const first = directory([...entries, pointer], 8);
  pointer.value.writeUInt32BE(8 + first.length);
  const text = Buffer.from(comment, 'utf16le').swap16();
  const value = Buffer.concat([unicode, text]);
  const own = { tag: tags.comment, type: types.undefined, count: value.length, value };
  return Buffer.concat([
    head(),
    directory([...entries, pointer], 8),
    directory([own], 8 + first.length),
  ]);
}

/** Empty for what is no EXIF; what is damaged is left out. */
export function readExif(bytes: Buffer): ExifFields {
  const tiff = bytes.toString('latin1', 0, 6) === 'Exif\0\0' ? bytes.subarray(6) : bytes;
  const mark = tiff.toString('latin1', 0, 4);
  if (tiff.length < 8 || (mark !== 'MM\0*' && mark !== 'II*\0')) return {};
  const read = readerOf(tiff, mark.startsWith('MM'));
  const main = read.directory(read.long(4));
  const description = main.get(tags.description)?.toString('utf8').replace(/\0+$/, '');
  const orientation = main.get(tags.orientation);
  const pointer = main.get(tags.exif);
  const comment = pointer && read.directory(read.longIn(pointer)).get(tags.comment);
  const up = orientation && read.shortIn(orientation);
  return {
    ...(description !== undefined && { description }),
    ...(up !== undefined && up >= 1 && up <= 8 && { orientation: up }),
    ...(comment && { comment: commentIn(comment, mark.startsWith('MM')) }),
  };
}

function head(): Buffer {
  return Buffer.from([0x4d, 0x4d, 0x00, 0x2a, 0x00, 0x00, 0x00, 0x08]);
}

function ascii(tag: number, text: string): Entry {
  const value = Buffer.from(`${text}\0`, 'utf8');
  return { tag, type: types.ascii, count: value.length, value };
}

function short(tag: number, number: number): Entry {
  const value = Buffer.alloc(2);
  value.writeUInt16BE(number);
  return { tag, type: types.short, count: 1, value };
}

/** Its entries in the order of their tags, and after them what does not fit into four bytes. */
function directory(entries: readonly Entry[], at: number): Buffer {
  const table = Buffer.alloc(2 + entries.length * 12 + 4);
  table.writeUInt16BE(entries.length);
  const values: Buffer[] = [];
  let end = at + table.length;
  for (const [index, { tag, type, count, value }] of entries.entries()) {
    const place = 2 + index * 12;
    table.writeUInt16BE(tag, place);
    table.writeUInt16BE(type, place + 2);
    table.writeUInt32BE(count, place + 4);
    if (value.length <= 4) {
      value.copy(table, place + 8);
      continue;
    }
    table.writeUInt32BE(end, place + 8);
    // Values begin at even places.
    const padded = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.alloc(1)]);
    values.push(padded);
    end += padded.length;
  }
  return Buffer.concat([table, ...values]);
}

const sizes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 7: 1 };
/** Of one directory; a camera's has some fifty. */
const maxEntries = 200;

function readerOf(tiff: Buffer, isBigEndian: boolean) {
  const shortAt = (bytes: Buffer, at: number) =>
    isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
  const longAt = (bytes: Buffer, at: number) =>
    isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  return {
    long: (at: number) => longAt(tiff, at),
    longIn: (value: Buffer) => (value.length >= 4 ? longAt(value, 0) : tiff.length),
    shortIn: (value: Buffer) => (value.length >= 2 ? shortAt(value, 0) : undefined),
    directory(at: number): ReadonlyMap<number, Buffer> {
      const found = new Map<number, Buffer>();
      if (at + 2 > tiff.length) return found;
      const count = Math.min(maxEntries, shortAt(tiff, at));
      for (let index = 0; index < count; index++) {
        const place = at + 2 + index * 12;
        if (place + 12 > tiff.length) break;
        const length = (sizes[shortAt(tiff, place + 2)] ?? 0) * longAt(tiff, place + 4);
        const from = length <= 4 ? place + 8 : longAt(tiff, place + 8);
        if (length === 0 || from + length > tiff.length) continue;
        found.set(shortAt(tiff, place), tiff.subarray(from, from + length));
      }
      return found;
    },
  };
}

/** Eight bytes name the characters' code; what names none is taken as plain text. */
function commentIn(value: Buffer, isBigEndian: boolean): string {
  if (!value.subarray(0, 8).equals(unicode)) return value.subarray(8).toString('latin1');
  const text = Buffer.from(value.subarray(8, value.length - (value.length % 2)));
  return (isBigEndian ? text.swap16() : text).toString('utf16le');
}
