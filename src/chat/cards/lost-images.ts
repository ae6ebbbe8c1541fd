import type { BatchView } from '../../engine/index.js';

/** Whether images of a batch are gone that were there once: a task is done, and has none. */
export function hasLostImages({ tasks }: BatchView): boolean {
  return tasks.some(({ state, images }) => state === 'completed' && images.length === 0);
}
