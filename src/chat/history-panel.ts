import type { BatchView } from '../engine/index.js';
import { isReadAlone } from './audience.js';
import { maxPayloadBytes } from './buttons.js';
import type { CardButton } from './cards/card-view.js';
import { batchStatus } from './commands/batch-status.js';
import type { CommandContext } from './commands/command.js';
import type { Panel, PanelEntry } from './panel.js';
import { quoted, Refusal, sentence } from './refusal.js';
import type { Reply } from './request.js';
import { imagesOf, thumbnailOf } from './stored-images.js';
import { readUserWords } from './user-words.js';

/** With their buttons they fit one message of Discord's: 40 components. */
const batchesOnPage = 5;

export interface HistoryRequest {
  readonly page: number;
  /** Words that the prompt has; empty for all. */
  readonly filter: string;
  /** A button of the list itself was pressed: the page takes the place of the one before. */
  readonly replaces: boolean;
}

/** One page of what somebody asked for before, newest first. @throws Refusal filter-too-long */
export async function historyPage(
  context: CommandContext,
  { page: asked, filter, replaces }: HistoryRequest,
): Promise<Reply> {
  checkFilter(filter, context.user.id);
  const { engine, user, texts } = context;
  const query = {
    userId: user.id,
    ...(filter === '' ? {} : { text: filter }),
    withPrivate: isReadAlone(context.request),
  };
  const { batches, page, pages, total } = await engine.history.page(query, asked, batchesOnPage);
  if (total === 0) {
    const key = filter === '' ? 'history-empty' : 'history-none';
    return { kind: 'text', text: texts.text(key, { filter: quoted(filter) }), private: true };
  }
  const entries = await Promise.all(
    batches.map((batch, index) => entry(context, batch, index + 1)),
  );
  const turn = (label: string, target: number): CardButton => ({
    label,
    action: { kind: 'history', userId: user.id, page: target, filter },
    style: 'secondary',
  });
  const turns = [
    ...(page > 1 ? [turn('◀', page - 1)] : []),
    ...(page < pages ? [turn('▶', page + 1)] : []),
  ];
  const title = filter === '' ? 'history-title' : 'history-title-filter';
  const panel: Panel = {
    text: texts.text(title, { page, pages, total, filter: quoted(filter) }),
    entries,
    buttons: turns.length > 0 ? [turns] : [],
  };
  return { kind: 'panel', panel, private: true, ...(replaces ? { replaces } : {}) };
}

async function entry(
  context: CommandContext,
  batch: BatchView,
  number: number,
): Promise<PanelEntry> {
  const { engine, texts, now } = context;
  const images = imagesOf(batch);
  const [first] = images;
  const thumbnail = first
    ? await thumbnailOf(engine, first, readUserWords(quoted(batch.prompt)))
    : null;
  const [status = ''] = await batchStatus(context, batch);
  const time = texts.time(batch.createdAt, now());
  const lines = [
    texts.text('history-entry', { number, id: batch.id, time }),
    quoted(batch.prompt),
    first && !thumbnail ? texts.text('history-images-gone') : status,
  ];
  return {
    text: lines.filter((line) => line !== '').join('\n'),
    thumbnail,
    buttons: [
      { label: `🔎 ${number}`, action: { kind: 'show', batchId: batch.id }, style: 'secondary' },
      // An enlargement of an image that may be gone would be the same once more.
      ...(batch.origin === 'upscale'
        ? []
        : [
            {
              label: `🔄 ${number}`,
              action: { kind: 'again', batchId: batch.id },
              style: 'secondary',
            } as const,
          ]),
    ],
  };
}

/** The filter travels in the buttons that turn the page. */
function checkFilter(filter: string, userId: string): void {
  const room = maxPayloadBytes - `e1.h.${userId}.999999.`.length;
  const bytes = Buffer.byteLength(filter);
  if (bytes > room) throw new Refusal(sentence('filter-too-long', { value: quoted(filter) }));
}
