import { phaseOf } from '../../engine/index.js';
import { cardButtons } from './card-buttons.js';
import { type CardInput, currentProgress } from './card-input.js';
import { cardLines } from './card-lines.js';
import type { CardPicture, CardView } from './card-view.js';

/** What a card says and offers. Pure: the same input gives the same view. */
export function renderCard(input: CardInput): CardView {
  const { batch } = input;
  const phase = phaseOf(batch.counts);
  return {
    phase,
    prompt: batch.prompt,
    owner: { platformUserId: batch.owner.platformUserId, name: batch.owner.name },
    lines: cardLines(phase, input),
    picture: results(input) ?? preview(input),
    buttons: cardButtons(phase, batch, input.texts),
  };
}

function preview({ batch, progress }: CardInput): CardPicture | null {
  for (const task of batch.tasks) {
    const seen = currentProgress(task, progress)?.preview;
    if (seen) return { kind: 'preview', bytes: seen.bytes, mediaType: seen.mediaType };
  }
  return null;
}

function results({ batch, texts }: CardInput): CardPicture | null {
  const total = batch.tasks.reduce((sum, task) => sum + task.images.length, 0);
  if (total === 0) return null;
  const areModelsMixed = new Set(batch.tasks.map((task) => task.model)).size > 1;
  let number = 0;
  const images = batch.tasks.flatMap((task) =>
    task.images.map(({ id, width, height, byteLength, mediaType }) => {
      number += 1;
      const { prompt } = task.request;
      const variables = { number, total, prompt };
      const description = texts.text('card-image-description', variables);
      const label =
        areModelsMixed && task.model !== null ? `${description} · ${task.model}` : description;
      return { id, width, height, byteLength, mediaType, description: label };
    }),
  );
  return { kind: 'results', images };
}
