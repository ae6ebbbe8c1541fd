import { type BatchView, phaseOf, type TaskView } from '../../engine/index.js';
import type { LocalizedTexts } from '../texts.js';
import { cardButtons } from './card-buttons.js';
import { type CardInput, currentProgress } from './card-input.js';
import { cardLines } from './card-lines.js';
import type { CardPicture, CardView, ResultImage } from './card-view.js';
import { hasLostImages } from './lost-images.js';
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
    picture: pictureOf(input),
    buttons: cardButtons(phase, batch, input),
  };
}

function pictureOf(input: CardInput): CardPicture | null {
  const { batch, texts } = input;
  if (batch.erased) return null;
  const images = resultsOf(batch, texts);
  if (hasLostImages(batch)) return { kind: 'kept', images };
  return images.length > 0 ? { kind: 'results', images } : preview(input);
}

function preview({ batch, progress }: CardInput): CardPicture | null {
  for (const task of batch.tasks) {
    const seen = currentProgress(task, progress)?.preview;
    if (seen) return { kind: 'preview', bytes: seen.bytes, mediaType: seen.mediaType };
  }
  return null;
}

/** The finished images that are still stored, in order of task and index. */
export function resultsOf(batch: BatchView, texts: LocalizedTexts): ResultImage[] {
  const total = batch.tasks.reduce((sum, task) => sum + task.images.length, 0);
  let number = 0;
  return batch.tasks.flatMap((task, taskIndex) =>
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
}

/** `3/8`, or `3/8-2` for the second image of the third task. */
function placeOf(taskIndex: number, index: number, task: TaskView, batch: BatchView): string {
  const place = `${taskIndex + 1}/${batch.tasks.length}`;
  return task.images.length > 1 ? `${place}-${index + 1}` : place;
}
