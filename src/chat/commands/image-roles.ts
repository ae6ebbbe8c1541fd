import { type FlagOption, splitFlags } from '../flags.js';
import { Refusal, sentence } from '../refusal.js';
import type { Attachment } from '../request.js';
import { limits } from './limits.js';

/** What each of the images of one task is for. */
export interface ImageRoles {
  readonly image?: Attachment;
  readonly references: readonly Attachment[];
  readonly mask?: Attachment;
}

export interface WrittenRoles {
  /** The last image is the mask. */
  readonly isMaskLast: boolean;
  /** How many of the images before the mask are references. Undefined: no flag says so. */
  readonly references: number | 'all' | undefined;
}

const roleFlags: ReadonlySet<FlagOption> = new Set(['maskLast', 'referencesLast']);

/** Whether a text says by flags what its images are for: then they are those of one task. */
export function hasRoleFlags(text: string): boolean {
  const { flags } = splitFlags(text, (option) => roleFlags.has(option));
  return Object.keys(flags).length > 0;
}

/**
 * Where a platform's files have no names of their own, flags tell them apart: the image that was
 * answered comes first, then those that came along, and the last ones are what the flags say. Of
 * references without a number, all that came along are, and whatever was answered or a mask belongs
 * to is not.
 * @throws Refusal when images are left that have no part, or none is there for a flag
 */
export function imageRoles(
  { isMaskLast, references: wanted }: WrittenRoles,
  own: readonly Attachment[],
  answered: Attachment | undefined,
): ImageRoles {
  const areNamed = isMaskLast || wanted !== undefined;
  const images = answered && areNamed ? [answered, ...own] : [...own];
  const mask = isMaskLast ? images.pop() : undefined;
  if (isMaskLast && (mask === undefined || images.length === 0)) {
    throw new Refusal(sentence('mask-flag-without-images'));
  }
  const isFirstKept = isMaskLast || (answered !== undefined && own.length > 0);
  const all = images.length - (isFirstKept ? 1 : 0);
  const count = wanted === 'all' ? all : (wanted ?? 0);
  if (wanted !== undefined && (count === 0 || count > images.length)) {
    throw new Refusal(sentence('reference-flag-without-images'));
  }
  if (count > limits.referencesMax) {
    throw new Refusal(sentence('references-too-many', { count, max: limits.referencesMax }));
  }
  const references = images.splice(images.length - count);
  const [image, ...others] = images;
  if (others.length > 0) {
    throw new Refusal(sentence('images-without-part', { count: others.length }));
  }
  return { references, ...(image ? { image } : {}), ...(mask ? { mask } : {}) };
}
