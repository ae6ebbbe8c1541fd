import type { BatchView, DueCard } from '../../engine/index.js';

/** Whether images of a batch are gone that were there once: a task is done, and has none. */
export function hasLostImages({ tasks }: BatchView): boolean {
  return tasks.some(({ state, images }) => state === 'completed' && images.length === 0);
}

/** Whether a card has no more to tell than that images are gone: the others were all shown before. */
export function hasOnlyLosses({ batch, final, posts, shownImageIds }: DueCard): boolean {
  if (batch.erased) return true;
  if (!final || !hasLostImages(batch)) return false;
  const shown = new Set([...shownImageIds, ...posts.flatMap(({ imageIds }) => imageIds)]);
  return batch.tasks.every(({ images }) => images.every(({ id }) => shown.has(id)));
}
