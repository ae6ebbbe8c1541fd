import type { DueCard } from '../../engine/index.js';

/** The platform's ids of all messages with images beside a card. */
export function messagesBeside(card: Pick<DueCard, 'posts'> | undefined): readonly string[] {
  return card?.posts.flatMap(({ messageIds }) => messageIds) ?? [];
}
