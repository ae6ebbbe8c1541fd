import { type Engine, ImageError, type StoredInput } from '../../engine/index.js';
import { imageSentence } from '../explanation.js';
import { Refusal, type Sentence } from '../refusal.js';
import { type Attachment, AttachmentError } from '../request.js';

/** Images of one request that are fetched at the same time; each may take 20 MB of memory. */
const fetchedAtOnce = 3;

/** Refuses what a platform's own figures show to be too large, before anything is fetched. */
export function claimProblems(
  attachments: readonly Attachment[],
  { maxBytes, maxPixels }: Pick<Engine['inputs'], 'maxBytes' | 'maxPixels'>,
): Sentence[] {
  return attachments.flatMap(({ name, byteLength, width, height }) => {
    if (byteLength !== null && byteLength > maxBytes) {
      return [imageSentence(name, { kind: 'too-many-bytes', bytes: byteLength, maxBytes })];
    }
    const pixels = (width ?? 0) * (height ?? 0);
    return pixels > maxPixels
      ? [imageSentence(name, { kind: 'too-many-pixels', pixels, maxPixels })]
      : [];
  });
}

/**
 * Fetches images and keeps them in the store, in order.
 * @throws Refusal with a sentence for every image that cannot be used
 */
export async function keepImages(
  attachments: readonly Attachment[],
  inputs: Engine['inputs'],
): Promise<StoredInput[]> {
  const outcomes: (StoredInput | Sentence)[] = [];
  for (let start = 0; start < attachments.length; start += fetchedAtOnce) {
    const some = attachments.slice(start, start + fetchedAtOnce);
    outcomes.push(...(await Promise.all(some.map((one) => keepImage(one, inputs)))));
  }
  const problems = outcomes.filter((outcome) => typeof outcome === 'function');
  if (problems.length > 0) throw new Refusal(...problems);
  return outcomes.filter((outcome) => typeof outcome !== 'function');
}

async function keepImage(
  attachment: Attachment,
  inputs: Engine['inputs'],
): Promise<StoredInput | Sentence> {
  try {
    return await inputs.keep(await attachment.fetch(inputs.maxBytes));
  } catch (error) {
    const { name } = attachment;
    if (error instanceof ImageError) return imageSentence(name, error.problem);
    if (!(error instanceof AttachmentError)) throw error;
    return (texts) => {
      switch (error.problem) {
        case 'too-large':
          return texts.text('image-too-large', { name, max: texts.megabytes(inputs.maxBytes) });
        case 'unavailable':
          return texts.text('image-unavailable', { name });
        case 'foreign-host':
          return texts.text('image-foreign-host', { name });
      }
    };
  }
}
