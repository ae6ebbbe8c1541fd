import {
  ArchiveError,
  type Engine,
  ImageError,
  type InputProblem,
  type StoredInput,
} from '../../engine/index.js';
import { inputSentence } from '../explanation.js';
import { Refusal } from '../refusal.js';
import { type Attachment, AttachmentError } from '../request.js';

/** What became of an image that came along: it is kept, or cannot be used. */
export type SourceImage =
  | { readonly name: string; readonly input: StoredInput }
  | { readonly name: string; readonly problem: InputProblem };

export interface SourceImageOptions {
  readonly inputs: Engine['inputs'];
  /**
   * Called before anything is read, with how many images there are as far as that is known: first
   * with the images alone, and again with what each zip has to offer.
   * @throws Refusal when they are too many
   */
  readonly checkCount: (count: number) => void;
}

/** Images of one request that are fetched at the same time; each may take 20 MB of memory. */
const fetchedAtOnce = 3;

export function isArchive({ name }: Attachment): boolean {
  return /\.zip$/i.test(name);
}

/**
 * Fetches images, those in zips too, and keeps them in the store: in order, each with what came of it.
 * @throws Refusal as `checkCount`
 */
export async function keepSources(
  attachments: readonly Attachment[],
  { inputs, checkCount }: SourceImageOptions,
): Promise<SourceImage[]> {
  let count = attachments.length;
  checkCount(count);
  const sources = await inTurns(attachments, async (attachment) => {
    const keepOne = () => keepImage(attachment.name, () => fetchImage(attachment, inputs), inputs);
    const first = isArchive(attachment) ? undefined : await keepOne();
    const isZip = first === undefined || isZipAfterAll(first);
    if (!isZip) return [first];
    return keepArchive(attachment, inputs, (entries) => {
      count += entries - 1;
      checkCount(count);
    });
  });
  return sources.flat();
}

function isZipAfterAll(source: SourceImage): boolean {
  if (!('problem' in source) || source.problem.kind !== 'unsupported-type') return false;
  return source.problem.mediaType === 'application/zip';
}

/** @throws Refusal with a sentence for every image that cannot be used */
export async function keepAll(
  attachments: readonly Attachment[],
  inputs: Engine['inputs'],
): Promise<StoredInput[]> {
  const sources = await inTurns(attachments, (attachment) =>
    keepImage(attachment.name, () => fetchImage(attachment, inputs), inputs),
  );
  const refused = sources.flatMap((source) => ('problem' in source ? [source] : []));
  if (refused.length > 0) throw new Refusal(...refused.map(inputSentence));
  return sources.flatMap((source) => ('input' in source ? [source.input] : []));
}

async function keepArchive(
  attachment: Attachment,
  inputs: Engine['inputs'],
  onCounted: (entries: number) => void,
): Promise<SourceImage[]> {
  const { name, byteLength } = attachment;
  const maxBytes = inputs.archiveMaxBytes;
  try {
    if (byteLength !== null && byteLength > maxBytes) throw new AttachmentError(name, 'too-large');
    return await inputs.readArchive(
      () => fetched(attachment, maxBytes),
      async (entries) => {
        onCounted(entries.length);
        return inTurns(entries, (entry) => keepImage(entry.name, entry.read, inputs));
      },
    );
  } catch (error) {
    return [{ name, problem: problemOf(error, maxBytes) }];
  }
}

async function keepImage(
  name: string,
  read: () => Promise<Uint8Array>,
  inputs: Engine['inputs'],
): Promise<SourceImage> {
  try {
    return { name, input: await inputs.keep(await read()) };
  } catch (error) {
    return { name, problem: problemOf(error, inputs.maxBytes) };
  }
}

/** An image as it came, not kept. @throws Refusal */
export async function fetchOne(
  attachment: Attachment,
  inputs: Engine['inputs'],
): Promise<Uint8Array> {
  try {
    return await fetchImage(attachment, inputs);
  } catch (error) {
    const problem = problemOf(error, inputs.maxBytes);
    throw new Refusal(inputSentence({ name: attachment.name, problem }));
  }
}

/** What a platform's own figures show to be too large is not fetched at all. */
async function fetchImage(attachment: Attachment, inputs: Engine['inputs']): Promise<Uint8Array> {
  const { byteLength, width, height } = attachment;
  const { maxBytes, maxPixels } = inputs;
  if (byteLength !== null && byteLength > maxBytes) {
    throw new ImageError({ kind: 'too-many-bytes', bytes: byteLength, maxBytes });
  }
  const pixels = (width ?? 0) * (height ?? 0);
  if (pixels > maxPixels) throw new ImageError({ kind: 'too-many-pixels', pixels, maxPixels });
  return fetched(attachment, maxBytes);
}

/** A file server's bad moment must not cost an image of its batch: it is asked twice. */
async function fetched(attachment: Attachment, maxBytes: number): Promise<Uint8Array> {
  try {
    return await attachment.fetch(maxBytes);
  } catch (error) {
    const isPassing = error instanceof AttachmentError && error.problem === 'unavailable';
    if (!isPassing) throw error;
    return attachment.fetch(maxBytes);
  }
}

/** @throws the error, where it is not about the image */
function problemOf(error: unknown, maxBytes: number): InputProblem {
  if (error instanceof ImageError || error instanceof ArchiveError) return error.problem;
  if (!(error instanceof AttachmentError)) throw error;
  return error.problem === 'too-large' ? { kind: 'too-large', maxBytes } : { kind: error.problem };
}

async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += fetchedAtOnce) {
    results.push(...(await Promise.all(items.slice(start, start + fetchedAtOnce).map(work))));
  }
  return results;
}
