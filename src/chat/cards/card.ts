import { type BatchView, phaseOf, type TaskView } from '../../engine/index.js';
import { cardButtons } from './card-buttons.js';
import { type CardInput, currentProgress } from './card-input.js';
import { cardLines } from './card-lines.js';
import type { CardPicture, CardView } from './card-view.js';
import { differencesOf } from './task-differences.js';

const separator = ' · ';

/** What a card says and offers. Pure: the same input gives the same view. */
export function renderCard(input: CardInput): CardView {
  const { batch } = input;
  const phase = phaseOf(batch.counts);
  return {
    phase,
    prompt: batch.prompt,
    owner: { platformUserId: batch.owner.platformUserId, name: batch.owner.name },
    tasks: batch.counts.total,
    lines: cardLines(phase, input),
    picture: results(input) ?? preview(input),
    buttons: cardButtons(phase, batch, input),
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
  let number = 0;
  const images = batch.tasks.flatMap((task, taskIndex) =>
    task.images.map(({ id, width, height, byteLength, mediaType }, index) => {
      number += 1;
      const { prompt } = task.request;
      const variables = { number, total, prompt };
      const differences = differencesOf(task, batch);
      return {
        ...{ id, width, height, byteLength, mediaType },
        description: [
          texts.text('card-image-description', variables),
          ...differences.filter((difference) => difference !== prompt),
        ].join(separator),
        label: [placeOf(taskIndex, index, task, batch), ...differences].join(separator),
        finishedAtMs: task.finishedAt?.getTime() ?? 0,
      };
    }),
  );
  return { kind: 'results', images };
}

/** `3/8`, or `3/8-2` for the second image of the third task. */
function placeOf(taskIndex: number, index: number, task: TaskView, batch: BatchView): string {
  const place = `${taskIndex + 1}/${batch.tasks.length}`;
  return task.images.length > 1 ? `${place}-${index + 1}` : place;
}
