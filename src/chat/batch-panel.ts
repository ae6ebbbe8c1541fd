import { type Actor, type BatchView, EngineError, type TaskState } from '../engine/index.js';
import { isReadAlone, maySee } from './audience.js';
import { renderCard, resultsOf } from './cards/card.js';
import type { CardButton, CardView } from './cards/card-view.js';
import { batchStatus } from './commands/batch-status.js';
import type { CommandContext } from './commands/command.js';
import { commandLine } from './commands/command-line.js';
import type { Panel, PanelImage } from './panel.js';
import { quoted, Refusal, sentence } from './refusal.js';
import type { Reply } from './request.js';
import { imagesOf, storedAmong } from './stored-images.js';
import type { LocalizedTexts } from './texts.js';

/** As many as a gallery takes on Discord and an album on Telegram; the card has them all. */
const maxImages = 10;
const stateTexts = {
  pending: 'task-pending',
  processing: 'task-processing',
  completed: 'task-completed',
  failed: 'task-failed',
  cancelled: 'task-cancelled',
} as const satisfies Record<TaskState, string>;

/** Tasks that are listed by their ids. */
const maxTasks = 20;

/**
 * A batch once more, for who asks alone: all that its card says and offers, its whole prompt, and
 * what to type for the same again.
 * @throws EngineError not-yours
 */
export async function showPanel(
  context: CommandContext,
  batch: BatchView,
  actor: Actor,
): Promise<Reply> {
  if (!maySee(batch, actor)) throw new EngineError({ kind: 'not-yours', id: batch.id });
  if (batch.private && !isReadAlone(context.request))
    throw new Refusal(sentence('show-in-private'));
  const { texts, request, now } = context;
  const images = await shownImages(context, batch);
  const command = commandLine(batch, request.platform);
  const hasInputs = batch.tasks.some((task) => task.request.inputId !== undefined);
  const lines = [
    texts.text('show-title', { id: batch.id, time: texts.time(batch.createdAt, now()) }),
    ...(await batchStatus(context, batch)),
    ...taskLines(batch, texts),
    ...goneLines(batch, images, texts),
    command === undefined
      ? batch.prompt
      : texts.text(hasInputs ? 'show-again-image' : 'show-again'),
  ];
  const panel: Panel = {
    text: lines.join('\n'),
    ...(command === undefined ? {} : { code: command }),
    images,
    buttons: panelButtons(cardView(context, batch), batch, images, texts),
  };
  return { kind: 'panel', panel, private: true };
}

/** Asks which of several images is to be edited. */
export function pickImagePanel(batch: BatchView, texts: LocalizedTexts): Reply {
  const choices = imagesOf(batch).map(
    ({ id }, index): CardButton => ({
      label: String(index + 1),
      action: { kind: 'edit-image', imageId: id },
      style: 'secondary',
    }),
  );
  const panel: Panel = { text: texts.text('pick-image'), buttons: [choices.slice(0, 5)] };
  return { kind: 'panel', panel, private: true };
}

/** Posts what a batch made where everybody in the chat sees it. @throws Refusal */
export async function sharePanel(context: CommandContext, batch: BatchView): Promise<Reply> {
  const images = await shownImages(context, batch);
  if (images.length === 0) {
    const wasMade = imagesOf(batch).length > 0;
    if (wasMade) throw new EngineError({ kind: 'images-gone', id: batch.id });
    throw new Refusal(sentence('originals-none'));
  }
  const text = context.texts.text('shared', {
    prompt: batch.prompt,
    name: quoted(context.request.identity.name),
  });
  return { kind: 'panel', panel: { text, images, buttons: [] }, private: false };
}

function cardView(context: CommandContext, batch: BatchView): CardView {
  const { texts, now } = context;
  return renderCard({ batch, progress: new Map(), posts: [], position: null, now: now(), texts });
}

async function shownImages(context: CommandContext, batch: BatchView): Promise<PanelImage[]> {
  const stored = await storedAmong(context.engine, imagesOf(batch).slice(0, maxImages));
  const ids = new Set(stored.map(({ id }) => id));
  return resultsOf(batch, context.texts).filter(({ id }) => ids.has(id));
}

/** Each task's id and state, where there are several: they are cancelled and retried by it. */
function taskLines({ tasks }: BatchView, texts: LocalizedTexts): string[] {
  if (tasks.length < 2) return [];
  const lines = tasks.slice(0, maxTasks).map(({ id, ordinal, state, request }) =>
    texts.text('show-task', {
      number: ordinal + 1,
      id,
      state: texts.text(stateTexts[state]),
      prompt: quoted(request.prompt),
    }),
  );
  const more = tasks.length - lines.length;
  return more > 0 ? [...lines, texts.text('show-more-tasks', { count: more })] : lines;
}

function goneLines(
  batch: BatchView,
  shown: readonly PanelImage[],
  texts: LocalizedTexts,
): string[] {
  const made = Math.min(imagesOf(batch).length, maxImages);
  return shown.length < made ? [texts.text('images-gone', { id: batch.id })] : [];
}

/** Those of the card, without what needs images that are gone, and a way to post them here. */
function panelButtons(
  { buttons }: CardView,
  batch: BatchView,
  stored: readonly PanelImage[],
  texts: LocalizedTexts,
): CardButton[][] {
  const ids = new Set(stored.map(({ id }) => id));
  const rows = buttons.map((row) =>
    row.filter(({ action }) => {
      if ('imageId' in action) return ids.has(action.imageId);
      const needsImages = ['originals', 'pick-image', 'share', 'zip'].includes(action.kind);
      return ids.size > 0 || !needsImages;
    }),
  );
  const hasShare = rows.flat().some(({ action }) => action.kind === 'share');
  const share: CardButton = {
    label: texts.text('button-share'),
    action: { kind: 'share', batchId: batch.id },
    style: 'secondary',
  };
  const all = ids.size > 0 && !hasShare ? [...rows, [share]] : rows;
  return all.filter((row) => row.length > 0);
}
