import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { ImageError, type ImageProblem } from './inspection.js';

export interface ArchiveLimits {
  /** Of the archive itself. */
  readonly maxBytes: number;
  readonly maxImages: number;
  /** Of all that is read of it. */
  readonly maxInflatedBytes: number;
  /** How many times larger an entry may become. */
  readonly maxRatio: number;
}

export const defaultArchiveLimits: ArchiveLimits = {
  maxBytes: 200_000_000,
  maxImages: 100,
  maxInflatedBytes: 200_000_000,
  maxRatio: 100,
};

export type ArchiveProblem =
  | { readonly kind: 'not-an-archive' }
  | { readonly kind: 'too-many-entries'; readonly count: number; readonly max: number }
  | { readonly kind: 'too-much-inside'; readonly bytes: number; readonly max: number }
  | { readonly kind: 'no-images-inside' };

/** Nothing of the archive can be used. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  readonly problem: ArchiveProblem;
  constructor(problem: ArchiveProblem, options?: ErrorOptions) {
    super(`Archive refused: ${JSON.stringify(problem)}`, options);
    this.problem = problem;
  }
}

export interface ArchiveEntry {
  /** Without its folders. As the archive's maker gave it; for people to read, and nothing else. */
  readonly name: string;
  /**
   * What its sender has packed. Nothing is known of it yet but its size.
   * @throws ImageError encrypted, inflates-too-much, too-many-bytes, broken
   */
  readonly read: () => Promise<Uint8Array>;
}

/** Others have no pictures, so that they count for nothing. */
const imageName = /\.(png|jpe?g|jfif|webp|gif|avif|tiff?|bmp|heic|heif)$/i;
const systemFile = /^(\..*|thumbs\.db|desktop\.ini)$/i;
/** Entries whose names are read at all; with it a list of names stays small. */
const maxListed = 10_000;
/** What becomes no larger than this does no harm, however small it was. */
const harmlessBytes = 1_000_000;

/**
 * Lists what a zip has to offer, by name in natural order. Counts and sizes are limited before a byte is
 * inflated, and again while inflating, since what an archive says of itself may be untrue.
 * Nothing is written anywhere, so that it does not matter where its names lead.
 * @throws ArchiveError
 */
export async function openArchive(
  bytes: Uint8Array,
  limits: ArchiveLimits & { readonly maxImageBytes: number },
): Promise<ArchiveEntry[]> {
  const zip = await opened(bytes);
  const listed = (await listedEntries(zip)).filter(({ path }) => !isSkipped(path));
  const named = listed.filter(({ path }) => imageName.test(path));
  // Names may lie: they decide only where there is too much to look at it all.
  const candidates = listed.length > limits.maxImages ? named : listed;
  const count = candidates.length;
  if (listed.length === 0) throw new ArchiveError({ kind: 'no-images-inside' });
  if (count > limits.maxImages) {
    throw new ArchiveError({ kind: 'too-many-entries', count, max: limits.maxImages });
  }
  const usable = candidates.filter(({ entry }) => problemOf(entry, limits) === undefined);
  const inflated = usable.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
  if (inflated > limits.maxInflatedBytes) {
    const max = limits.maxInflatedBytes;
    throw new ArchiveError({ kind: 'too-much-inside', bytes: inflated, max });
  }
  const budget = { leftBytes: limits.maxInflatedBytes };
  return listed
    .sort((a, b) => naturalOrder.compare(a.path, b.path))
    .map(({ path, entry }) => ({
      name: baseName(path),
      read: async () => {
        const isCandidate = candidates.some((each) => each.entry === entry);
        const problem = isCandidate ? problemOf(entry, limits) : { kind: 'not-an-image' as const };
        if (problem) throw new ImageError(problem);
        return inflate(zip, entry, budget);
      },
    }));
}

const naturalOrder = new Intl.Collator('en', { numeric: true });

async function opened(bytes: Uint8Array): Promise<ZipFile> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    // Names and sizes are looked at below: what is wrong with one entry is no reason to refuse the rest.
    const lenient = { decodeStrings: false, validateEntrySizes: false } as const;
    return await fromBufferPromise(buffer, { ...lenient, autoClose: false });
  } catch (cause) {
    throw new ArchiveError({ kind: 'not-an-archive' }, { cause });
  }
}

interface Listed {
  readonly path: string;
  readonly entry: Entry;
}

async function listedEntries(zip: ZipFile): Promise<Listed[]> {
  const { entryCount: count } = zip;
  if (count > maxListed) {
    throw new ArchiveError({
      kind: 'too-many-entries',
      count,
      max: defaultArchiveLimits.maxImages,
    });
  }
  const listed: Listed[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
      const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
      listed.push({ path: name.replaceAll('\\', '/'), entry });
    }
  } catch (cause) {
    throw new ArchiveError({ kind: 'not-an-archive' }, { cause });
  }
  return listed;
}

/** Folders, and what systems add by themselves. */
function isSkipped(path: string): boolean {
  return (
    path.endsWith('/') || path.split('/').includes('__MACOSX') || systemFile.test(baseName(path))
  );
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What an entry's header gives away. */
function problemOf(
  entry: Entry,
  { maxRatio, maxImageBytes }: ArchiveLimits & { readonly maxImageBytes: number },
): ImageProblem | undefined {
  const { uncompressedSize: bytes, compressedSize } = entry;
  if (entry.isEncrypted()) return { kind: 'encrypted' };
  if (bytes > harmlessBytes && bytes > compressedSize * maxRatio) {
    return { kind: 'inflates-too-much', maxRatio };
  }
  if (bytes > maxImageBytes) return { kind: 'too-many-bytes', bytes, maxBytes: maxImageBytes };
  return entry.canDecodeFileData() ? undefined : { kind: 'broken' };
}

/** @throws ImageError broken, also where there is more or less than the header says */
async function inflate(
  zip: ZipFile,
  entry: Entry,
  budget: { leftBytes: number },
): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let byteLength = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      byteLength += (chunk as Buffer).byteLength;
      budget.leftBytes -= (chunk as Buffer).byteLength;
      if (byteLength > entry.uncompressedSize) throw new Error('larger than its header says');
      if (budget.leftBytes < 0) throw new Error('the archive holds more than it says');
      chunks.push(chunk as Buffer);
    }
  } catch (cause) {
    throw new ImageError({ kind: 'broken' }, { cause });
  }
  const bytes = Buffer.concat(chunks, byteLength);
  const isWhole = byteLength === entry.uncompressedSize && crc32(bytes) === entry.crc32;
  if (!isWhole) throw new ImageError({ kind: 'broken' });
  return bytes;
}
