import { type BatchView, phaseOf } from '../../engine/index.js';
import { renderCard } from '../cards/card.js';
import type { CommandContext } from './command.js';

/** What the batch's card says of it now, in the asker's language. */
export async function batchStatus(
  { engine, texts, now }: CommandContext,
  batch: BatchView,
): Promise<readonly string[]> {
  const isWaiting = phaseOf(batch.counts) === 'waiting';
  const position = isWaiting ? ((await engine.position(batch.id)) ?? null) : null;
  return renderCard({ batch, progress: new Map(), posts: [], position, now: now(), texts }).lines;
}
