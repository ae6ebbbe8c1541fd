import type { Post } from '../../engine/index.js';

/** Images a message: an album on Telegram, a gallery on Discord. */
const imagesInPost = 10;
/**
 * Milliseconds that finished images wait for company, by how many posts there are already: the first
 * ones are seen soon, and a long batch does not fill the chat with pairs. One alone waits longer.
 */
const patienceMs = [5_000, 15_000, 30_000, 60_000] as const;
const patienceOfOne = 3;

interface FinishedImage {
  readonly id: string;
  readonly finishedAtMs: number;
}

/**
 * Which of a batch's images have their place in its card, and which go into messages of their own.
 * What was posted stays posted; of the others, those that were finished first are the card's.
 */
export function placeImages<Image extends FinishedImage>(
  images: readonly Image[],
  posts: readonly Post[],
  roomInCard: number,
): { readonly inCard: readonly Image[]; readonly beside: readonly Image[] } {
  const posted = new Set(posts.flatMap(({ imageIds }) => imageIds));
  const open = images
    .filter(({ id }) => !posted.has(id))
    .map((image, place) => ({ image, place }))
    .sort((a, b) => a.image.finishedAtMs - b.image.finishedAtMs || a.place - b.place);
  const inCard = new Set(open.slice(0, roomInCard).map(({ image }) => image.id));
  return {
    // In their own order: that of the tasks.
    inCard: images.filter(({ id }) => inCard.has(id)),
    beside: open.slice(roomInCard).map(({ image }) => image),
  };
}

/** Of the images that go beside the card, in order of their finishing, those to be posted now. */
export function imagesDue<Image extends FinishedImage>(
  beside: readonly Image[],
  state: { readonly final: boolean; readonly posts: number; readonly nowMs: number },
): readonly Image[] {
  const [oldest] = beside;
  if (!oldest) return [];
  const next = beside.slice(0, imagesInPost);
  if (state.final || next.length === imagesInPost) return next;
  const waitedMs = state.nowMs - oldest.finishedAtMs;
  const pairWaitsMs = patienceMs[Math.min(state.posts, patienceMs.length - 1)] ?? 0;
  const isDue = waitedMs >= (next.length > 1 ? pairWaitsMs : pairWaitsMs * patienceOfOne);
  return isDue ? next : [];
}
