import type { BatchView, ImageView } from '../../engine/index.js';
import type { LocalizedTexts } from '../texts.js';
import type { CardInput } from './card-input.js';
import type { CardButton, CardView } from './card-view.js';
import { hasLostImages } from './lost-images.js';

/** Discord's limit. */
const maxInRow = 5;
/** More images than a row takes have no buttons of their own. */
const maxImagesWithButtons = 4;
/** What `U` doubles on each side must stay an image that Easel reads. */
const maxUpscaledPixels = 50_000_000;

/** Rows of buttons: what makes sense in this state, and no more. */
export function cardButtons(
  phase: CardView['phase'],
  batch: BatchView,
  { texts, posts }: Pick<CardInput, 'texts' | 'posts'>,
): CardButton[][] {
  const { counts } = batch;
  const images = batch.tasks.flatMap((task) => task.images);
  const batchId = batch.id;
  const cancel: CardButton = {
    label: texts.text('button-cancel'),
    action: { kind: 'cancel', batchId },
    style: 'secondary',
  };
  const remove: CardButton = {
    label: texts.text('button-delete'),
    action: { kind: 'delete', batchId },
    style: 'danger',
  };
  // Beside failed tasks, cancelled ones are left alone; and while others run, they are not offered.
  const isRetryable = counts.failed > 0 || (phase !== 'running' && counts.cancelled > 0);
  const retry: CardButton[] = !isRetryable
    ? []
    : [
        {
          label:
            counts.total > 1 && counts.failed > 0
              ? texts.text('button-retry-failed', { count: counts.failed })
              : texts.text('button-retry'),
          action: { kind: 'retry', batchId },
          style: 'primary',
        },
      ];
  const originals: CardButton[] =
    images.length === 0
      ? []
      : [
          {
            label: texts.text('button-originals'),
            action: { kind: 'originals', batchId },
            style: 'secondary',
          },
        ];
  const zip: CardButton[] =
    counts.total < 2 || images.length < 2
      ? []
      : [{ label: texts.text('button-zip'), action: { kind: 'zip', batchId }, style: 'secondary' }];
  const sendAgain: CardButton[] = posts.some(({ state }) => state === 'doubtful')
    ? [
        {
          label: texts.text('button-send-again'),
          action: { kind: 'send-again', batchId },
          style: 'primary',
        },
      ]
    : [];

  const edit: CardButton = {
    label: '✏️',
    action: { kind: 'edit-prompt', batchId },
    style: 'secondary',
  };

  // What everybody sees already needs no sharing.
  const share: CardButton[] =
    batch.private && images.length > 0
      ? [
          {
            label: texts.text('button-share'),
            action: { kind: 'share', batchId },
            style: 'secondary',
          },
        ]
      : [];

  if (batch.erased) return [[remove]];

  switch (phase) {
    case 'waiting':
      return [[cancel]];
    case 'running': {
      const isEnding = batch.tasks.every(
        (task) => task.cancelRequested || (task.state !== 'processing' && task.state !== 'pending'),
      );
      const row = [...sendAgain, ...retry, ...(isEnding ? [] : [cancel])];
      return row.length > 0 ? [row] : [];
    }
    case 'completed':
      return [
        ...imageRows(batch, images, edit),
        ...(sendAgain.length > 0 ? [sendAgain] : []),
        ...inRows([
          ...retry,
          ...originals,
          ...editImage(batch, images, texts),
          ...zip,
          ...share,
          remove,
        ]),
      ];
    case 'failed':
    case 'cancelled':
      return [[...retry, edit, remove]];
  }
}

function inRows(buttons: readonly CardButton[]): CardButton[][] {
  return buttons.length > maxInRow
    ? [buttons.slice(0, -maxInRow), buttons.slice(-maxInRow)]
    : [[...buttons]];
}

/** One image with a prompt; of several, which one is asked first. */
function editImage(
  batch: BatchView,
  images: readonly ImageView[],
  texts: LocalizedTexts,
): CardButton[] {
  const [image] = images;
  if (!image || images.length > maxImagesWithButtons) return [];
  return [
    {
      label: texts.text('button-edit'),
      action:
        images.length === 1
          ? { kind: 'edit-image', imageId: image.id }
          : { kind: 'pick-image', batchId: batch.id },
      style: 'secondary',
    },
  ];
}

/** `U1 U2 U3 U4 🔄` over `V1 V2 V3 V4 ✏️`. */
function imageRows(
  batch: BatchView,
  images: readonly ImageView[],
  edit: CardButton,
): CardButton[][] {
  const again: CardButton = {
    label: '🔄',
    action: { kind: 'again', batchId: batch.id },
    style: 'secondary',
  };
  // The same picture enlarged the same way again would be the same picture; its prompt did nothing.
  const isEnlarged = batch.origin === 'upscale';
  const lastInRow = isEnlarged ? [] : [again];
  // Where some are gone, the numbers of the others would no longer be those that the chat shows.
  const isNumbered = images.length <= maxImagesWithButtons && !hasLostImages(batch);
  const numbered = isNumbered ? images : [];
  const upscale = numbered.flatMap((image, index): CardButton[] =>
    image.width * image.height * 4 > maxUpscaledPixels
      ? []
      : [
          {
            label: `U${index + 1}`,
            action: { kind: 'upscale', imageId: image.id },
            style: 'secondary',
          },
        ],
  );
  const vary = numbered.map(
    (image, index): CardButton => ({
      label: `V${index + 1}`,
      action: { kind: 'vary', imageId: image.id },
      style: 'secondary',
    }),
  );
  const prompted = isEnlarged ? [] : [edit];
  return vary.length > 0
    ? [
        [...upscale, ...lastInRow],
        [...vary, ...prompted],
      ].filter((row) => row.length > 0)
    : [[...lastInRow, ...prompted]];
}
